import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { createMetrics } from '../../src/metrics/create-metrics.ts'
import { openStore } from '../../src/store/open.ts'
import { troubleOf } from '../../src/store/trouble.ts'
import type { Metrics, MetricsSources } from '../../src/metrics/index.ts'
import type { PeerStatus } from '../../src/network/index.ts'
import type { Store } from '../../src/store/index.ts'
import type { StoreTrouble } from '../../src/store/trouble.ts'

export interface Metered {
  store: Store
  metrics: Metrics
  trouble(): StoreTrouble | undefined
  peers: PeerStatus[]
  refusals: Record<string, number>
  /** Value of one series, as written: `beam_tasks_created_total`, `beam_receipts_total{outcome="refused"}` */
  value(series: string): Promise<number | undefined>
  text(): Promise<string>
  end(): Promise<void>
}

/** A store of its own with metrics over it; the rest of the daemon is doubles */
export async function startMetered ({ maxBytes, maxSites = 64 }: { maxBytes?: number, maxSites?: number } = {}): Promise<Metered> {
  const dir = await mkdtemp(join(tmpdir(), 'beam-metrics-'))
  const file = join(dir, 'beam.sqlite')
  const metrics = createMetrics({ version: '1.2.3', file, clock: systemClock, maxSites })
  const store = await openStore({ path: file, log: silentLog, observer: metrics.observer, maxBytes })
  const peers: PeerStatus[] = []
  const refusals: Record<string, number> = {}
  const member = { site: 's1.net', notAfter: Date.now() + 3_600_000 }

  const sources = {
    membership: {
      self: 's1.net',
      roster: { members: () => [member, { site: 's2.net' }], standing: () => 'member', head: () => ({ seq: 7 }), member: () => member, forked: false },
      records: { get: () => ({ keys: [{ notBefore: Date.now() - 60_000 }, { notBefore: Date.now() - 9_000_000 }] }) }
    },
    network: {
      links: { up: () => peers.map(({ site }) => site) },
      peers: () => peers,
      reachable: () => true,
      relayed: () => ({ needed: true, wanted: 2, held: [{ relay: 's2.net' }] }),
      relaying: () => ({ reservations: 4, circuits: 3, bytes: 1_000, held: 5, memory: 6, refused: 7, refusals: { 'reservation refused': 7 } }),
      pathChanges: () => ({ to_direct: 1, to_relay: 2, other_relay: 3 })
    },
    store,
    refusals: () => refusals,
    waiters: () => 3,
    paused: () => undefined,
    trouble: () => troubleOf(store),
    ready: () => true
  }

  metrics.watch(sources as unknown as MetricsSources)

  const text = async (): Promise<string> => (await metrics.render()).text

  return {
    store,
    metrics,
    trouble: () => troubleOf(store),
    peers,
    refusals,
    text,
    value: async (series) => {
      const line = (await text()).split('\n').find(line => line.startsWith(`${series} `))

      return line == null ? undefined : Number(line.slice(series.length + 1))
    },
    end: async () => {
      await store.close()
      await rm(dir, { recursive: true, force: true })
    }
  }
}
