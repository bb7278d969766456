import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../network/helpers/recovery.ts'
import { startLoad } from './load.ts'
import { seeded } from './random.ts'
import { RelayedSites } from './relayed-sites.ts'
import type { Load } from './load.ts'
import type { RelayedSite } from './relayed-sites.ts'

export interface FailoverInit {
  /** Sites that only dial out; each pair of them has one circuit */
  hospitals: number
  seed: number
  /** When the killed relay is back, the other one is revoked. @default false */
  revoke?: boolean
  /** Longest pause of each creator, ms. @default 1_000 */
  pace?: number
  /** What the daemons run. @default the sources */
  bin?: string
  /** One line for people */
  onProgress?(line: string): void
}

/** Until every pair that the relay carried had asked each other something new, and both were answered, ms */
export interface Recovery {
  /** Circuits that the relay carried when it went */
  circuits: number
  /** Part of all these times: until the relay was dead, or the authority had signed its revocation and begun to tell */
  ended: number
  p50: number
  p95: number
  last: number
}

export interface FailoverReport {
  seed: number
  killed: Recovery
  revoked?: Recovery
  /** Acknowledged ones */
  tasks: number
  results: number
  cancels: number
  /** Empty, or the daemons broke their word */
  violations: string[]
}

const LARGE = 30_000

/** Tasks are under way on every circuit for so long at most when the relay goes, ms */
const UNDER_WAY = 300

type Pair = [RelayedSite, RelayedSite]

/**
 * Daemons as processes, each pair of hospitals linked by a circuit through one relay; apps
 * at each ask, take back and answer, and on every circuit a task is under way both ways
 * when the relay is killed with SIGKILL. The clients' own log is the truth that the network
 * is held to.
 */
export async function runFailover (init: FailoverInit): Promise<FailoverReport> {
  const { hospitals, seed, revoke = false, pace = 1_000, bin, onProgress = () => {} } = init
  const decisions = seeded(seed)
  const sites = await RelayedSites.open({ hospitals, bin })
  let load: Load<RelayedSite> | undefined

  try {
    const pairs = sites.hospitals.flatMap((a, at) => sites.hospitals.slice(at + 1).map((b): Pair => [a, b]))
    const [first, second] = sites.relays

    load = await startLoad(sites.hospitals, { seed, pace, large: LARGE })
    await talk(load, pairs)
    onProgress(`${pairs.length} pairs talk through one relay`)
    // only now, so that one relay carries them all
    await second.start()
    await sites.reservedAt(second)

    /** `end` takes the relay away while each circuit carries a task both ways */
    const without = async (relay: RelayedSite, end: () => Promise<unknown>): Promise<Recovery> => {
      const carried = await sites.carried(relay, pairs)
      const under = Promise.all(carried.flatMap(([a, b]) => [[a, b], [b, a]]).map(async ([a, b]) => load?.post(a, b)))
      await sleep(decisions.between(0, UNDER_WAY))
      const began = performance.now()
      await end()
      const ended = performance.now() - began
      const times = (await talk(load, carried)).map(ms => ms + ended).sort((x, y) => x - y)
      await under

      return { circuits: carried.length, ended, p50: percentile(times, 0.5), p95: percentile(times, 0.95), last: times.at(-1) ?? 0 }
    }

    const killed = await without(first, async () => first.kill())
    onProgress(`killed: ${told(killed)}`)
    let revoked: Recovery | undefined

    if (revoke) {
      await first.start()
      await sites.reservedAt(first)
      revoked = await without(second, async () => sites.revoke(second))
      onProgress(`revoked: ${told(revoked)}`)
    }

    await load.settle()
    const { ledger: { tasks, results, cancels, violations } } = load

    return { seed, killed, revoked, tasks: tasks.size, results: results.size, cancels: [...cancels.values()].filter(at => at != null).length, violations }
  } finally {
    load?.stop()
    await sites.stop()
  }
}

export function told ({ circuits, ended, p50, p95, last }: Recovery): string {
  return `${circuits} circuits, their pairs were answered again after ${p50.toFixed(0)} ms at p50, ${p95.toFixed(0)} ms at p95, ${last.toFixed(0)} ms at last; ${ended.toFixed(0)} ms of it until the relay had been ended`
}

async function talk (load: Load<RelayedSite> | undefined, pairs: Pair[]): Promise<number[]> {
  return Promise.all(pairs.map(async ([a, b]) => load?.converged(a, b) ?? Infinity))
}
