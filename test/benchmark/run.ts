import { startLab } from '../../src/lab/start-lab.ts'
import { install } from '../scripts/installed.ts'
import { measure } from './measure.ts'
import { findNats } from './nats/find.ts'
import { natsRoundTrips } from './nats/round-trip.ts'
import { startNats } from './nats/server.ts'
import { startPeer } from './peer.ts'
import { appAt, KEY } from './scenarios/app.ts'
import { baseline } from './scenarios/baseline.ts'
import { heldPolls } from './scenarios/held-polls.ts'
import { largeRoundTrips } from './scenarios/large-round-trip.ts'
import { postAlone } from './scenarios/post-alone.ts'
import { roundTrips } from './scenarios/round-trip.ts'
import { startAndIdle } from './scenarios/start-and-idle.ts'
import { storedTasks } from './scenarios/stored-tasks.ts'
import type { MeasureInit } from './measure.ts'
import type { Measured } from './render.ts'
import type { Scenario } from './scenario.ts'
import type { StartAndIdle } from './scenarios/start-and-idle.ts'

export interface BenchInit extends MeasureInit {
  /** Round trips in flight, and connections */
  inFlight: number
  /** Tasks of another app; 0 leaves this out */
  stored: number
  /** Held polls; 0 leaves this out */
  polls: number
  /** How long a daemon is left alone before its memory is looked at, ms. @default 8_000 */
  idle?: number
  /** What the daemons run. @default as an installed package runs them */
  bin?: string
}

export interface BenchResult {
  one: Measured
  many: Measured
  post: Measured
  baseline: Measured
  mebibyte: Measured
  ten: Measured
  held?: Measured
  stored?: Measured
  natsOne?: Measured
  natsMany?: Measured
  /** Version of the NATS that ran beside, or why none did */
  nats: { version: string } | { missing: string }
  start: StartAndIdle
}

/** Bodies of 1 MiB at this many in flight */
const LARGE_IN_FLIGHT = 8

type Ends = Array<() => Promise<void>>

/** Daemons as an installed package runs them, baseline and NATS as processes of their own; one client, this process */
export async function runBench (init: BenchInit): Promise<BenchResult> {
  const ends: Ends = []

  try {
    const bin = init.bin ?? installed(ends)
    init.onProgress('starting and stopping one daemon')
    const start = await startAndIdle(init.rounds, bin, init.idle)
    const nats = await findNats()
    const scenarios = await prepare(init, bin, nats, ends)
    const names = Object.keys(scenarios)
    const measured = await measure(Object.values(scenarios), init)

    return { ...Object.fromEntries(names.map((name, i) => [name, measured[i]])), nats, start } as unknown as BenchResult
  } finally {
    for (const end of ends.reverse()) {
      await end()
    }
  }
}

function installed (ends: Ends): string {
  const { bin, remove } = install()
  ends.push(async () => { remove() })

  return bin
}

async function prepare ({ inFlight, stored, polls, onProgress }: BenchInit, bin: string, nats: BenchResult['nats'], ends: Ends): Promise<Record<string, Scenario>> {
  onProgress('starting two daemons and what is measured beside them')
  const lanes = Array.from({ length: inFlight }, (_, lane) => `w${lane}`)
  const lab = await startLab({
    network: 'bench',
    bin,
    sites: [{ name: 'site1', apiPort: 0 }, { name: 'site2', apiPort: 0 }],
    apps: ['ask', 'wait', 'held', 'nobody', ...lanes].map(name => ({ name, key: KEY }))
  })
  ends.push(async () => { await lab.stop() })
  const peer = await startPeer()
  ends.push(async () => { await peer.stop() })

  const [one, two] = lab.sites
  const pids = { 'site 1': one.pid, 'site 2': two.pid }
  const asking = appAt(one, 'ask')
  const workers = lanes.map(name => appAt(two, name))
  const scenarios: Record<string, Scenario> = {
    one: roundTrips({ name: 'round trip, 1 in flight', asking, workers: workers.slice(0, 1), pids }),
    many: roundTrips({ name: `round trip, ${inFlight} in flight`, asking, workers, pids }),
    post: postAlone({ asking, to: `nobody.${two.id}`, lanes: inFlight, pids }),
    baseline: baseline(peer, inFlight),
    mebibyte: largeRoundTrips({ name: `round trip of 1 MiB, ${LARGE_IN_FLIGHT} in flight`, asking, workers: workers.slice(0, LARGE_IN_FLIGHT), pids, body: 'x'.repeat(1_048_576) }),
    ten: largeRoundTrips({ name: 'round trip of 10 MiB, 1 in flight', asking, workers: workers.slice(0, 1), pids, body: 'x'.repeat(10_485_760) })
  }

  if ('version' in nats) {
    const server = await startNats()
    ends.push(async () => { await server.stop() })
    const trips = await natsRoundTrips(server, inFlight)
    ends.push(async () => { await trips.close() })
    scenarios.natsOne = trips.scenario(`NATS ${nats.version}: round trip, 1 in flight`, 1)
    scenarios.natsMany = trips.scenario(`NATS ${nats.version}: round trip, ${inFlight} in flight`, inFlight)
  }

  if (stored > 0) {
    onProgress(`storing ${stored} tasks of another app at each of two more daemons`)
    const more = await storedTasks(stored, bin)
    ends.push(async () => { await more.lab.stop() })
    scenarios.stored = more.scenario
  }

  if (polls > 0) {
    // last: its polls stay while nothing else is measured
    scenarios.held = heldPolls({ asking: appAt(one, 'wait'), worker: appAt(two, 'held'), polls, pids })
  }

  return scenarios
}
