import { startLab } from '../../src/lab/start-lab.ts'
import { whileMeasuring } from './cpu.ts'
import { figuresOf, inLanes } from './figures.ts'
import { createHttpClient, expectStatus } from './http.ts'
import { startPeer } from './peer.ts'
import { BODY, delivered, postAlone, roundTrip } from './scenarios.ts'
import type { Sample } from './figures.ts'
import type { Measured } from './render.ts'
import type { App } from './scenarios.ts'

export interface BenchInit {
  rounds: number
  /** Of each scenario in each round */
  seconds: number
  /** Round trips in flight in the second scenario, connections in the third */
  inFlight: number
  onProgress?(line: string): void
}

const NETWORK = 'bench'
const KEY = 'secret-of-the-benchmark'

/** Longest wait until what was posted has arrived, ms */
const ARRIVAL = 60_000

/** Two daemons and the baseline, as processes of their own; one client, this process */
export async function runBench ({ rounds, seconds, inFlight, onProgress = () => {} }: BenchInit): Promise<Measured[]> {
  // each lane has a worker's app of its own: a real worker is offered its own tasks, not those of 63 others
  const lanes = Array.from({ length: inFlight }, (_, lane) => `w${lane}`)
  onProgress('starting two daemons and the baseline')
  const lab = await startLab({
    network: NETWORK,
    sites: [{ name: 'site1', apiPort: 0 }, { name: 'site2', apiPort: 0 }],
    apps: ['ask', 'nobody', ...lanes].map(name => ({ name, key: KEY }))
  })

  try {
    const peer = await startPeer()

    try {
      const [one, two] = lab.sites
      const app = (name: string, site: typeof one): App => ({ id: `${name}.${site.id}`, http: createHttpClient(site.api, `ApiKey ${name}.${site.id} ${KEY}`) })
      const asking = app('ask', one)
      const workers = lanes.map(name => app(name, two))
      const bare = createHttpClient(peer.url)
      const pids = { 'site 1': one.pid, 'site 2': two.pid }
      let last = ''

      const scenarios: Scenario[] = [
        { name: 'round trip, 1 in flight', lanes: 1, pids, once: roundTrip(asking, workers) },
        { name: `round trip, ${inFlight} in flight`, lanes: inFlight, pids, once: roundTrip(asking, workers) },
        {
          name: `POST alone, ${inFlight} connections`,
          lanes: inFlight,
          pids,
          once: postAlone(asking, `nobody.${two.id}`, id => { last = id }),
          after: async () => { await delivered(asking, last, ARRIVAL) }
        },
        {
          name: `baseline: bare POST and fdatasync, ${inFlight} connections`,
          lanes: inFlight,
          pids: { baseline: peer.pid },
          once: async () => { expectStatus(await bare.call('POST', '/', BODY), 201) }
        }
      ]

      // code and connections warm, and every key checked once the slow way
      for (const scenario of scenarios) {
        await inLanes(scenario.lanes, 1_000, scenario.once)
        await scenario.after?.()
      }

      const measured = await measure(scenarios, rounds, seconds, onProgress)

      for (const { http } of [asking, ...workers]) {
        http.close()
      }

      bare.close()

      return measured
    } finally {
      await peer.stop()
    }
  } finally {
    await lab.stop()
  }
}

interface Scenario {
  name: string
  lanes: number
  /** Processes whose CPU is counted */
  pids: Record<string, number>
  once(lane: number): Promise<void>
  /** What must be over before the next one starts; its CPU counts */
  after?(): Promise<void>
}

/** Round by round, the scenarios in turn: a machine that gets slower shows in all of them */
async function measure (scenarios: Scenario[], rounds: number, seconds: number, onProgress: (line: string) => void): Promise<Measured[]> {
  const measured = scenarios.map(({ name }): Measured => ({ name, rounds: [], cpu: {} }))
  const spent = scenarios.map((): Record<string, number | undefined> => ({}))

  for (let round = 1; round <= rounds; round++) {
    for (const [index, { name, lanes, pids, once, after }] of scenarios.entries()) {
      const { value, cpu } = await whileMeasuring(Object.values(pids), async (): Promise<Sample> => {
        const sample = await inLanes(lanes, seconds * 1_000, once)
        await after?.()

        return sample
      })
      const figures = figuresOf(value)

      measured[index].rounds.push(figures)
      Object.keys(pids).forEach((process, at) => {
        const more = cpu[at]
        const before = spent[index][process] ?? 0

        spent[index][process] = more == null ? undefined : before + more
      })
      onProgress(`round ${round}/${rounds}: ${name}: ${figures.rate.toFixed(0)}/s, p50 ${figures.p50.toFixed(2)} ms, p99 ${figures.p99.toFixed(2)} ms`)
    }
  }

  for (const [index, one] of measured.entries()) {
    const count = one.rounds.reduce((sum, round) => sum + round.count, 0)

    one.cpu = Object.fromEntries(Object.entries(spent[index]).map(([process, ms]) => [process, ms == null ? undefined : ms / count]))
  }

  return measured
}
