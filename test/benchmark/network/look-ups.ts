import { Fleet, serving } from '../../discovery/kit/fleet.ts'
import { eventually } from '../../faults/disk/kit.ts'
import { figuresOf } from '../figures.ts'
import type { FleetSite } from '../../discovery/kit/fleet.ts'
import type { Sample } from '../figures.ts'
import type { Measured } from '../render.ts'

/** Of a capability; longer than a run, ms */
const LEASE = 3_600_000

/** Capabilities that every asker looks for in one round */
const NAMES = 2

export interface LookUpsInit {
  rounds: number
  /** One in four listens, serves the DHT and relays; the others only dial out. At least 4 */
  sites: number
  onProgress(line: string): void
}

/** All sites in this process, over real libp2p: who serves a capability, asked for the first time and once more */
export async function lookUps ({ rounds, sites, onProgress }: LookUpsInit): Promise<Measured[]> {
  const servers = Math.max(1, Math.round(sites / 4))
  const fleet = await Fleet.start({ servers, clients: sites - servers })

  try {
    const [cold, cached] = ['cold', 'cached'].map((how): Measured => ({ name: `look-up of a capability, ${how}`, note: `${servers} sites that listen and ${sites - servers} that do not, in one process`, rounds: [], cpu: {} }))
    const [working, scout, ...askers] = fleet.clients

    for (let round = 1; round <= rounds; round++) {
      const names = Array.from({ length: NAMES }, (_, index) => `look-up-${round}-${index}`)
      await working.workers.announce(`w.${working.site.id}`, names, LEASE)

      for (const name of names) {
        // the askers have not asked for it yet, so for them it is cold
        await eventually(`${name} is known`, async () => (await serving(scout, name)).length > 0)
      }

      const look = async (): Promise<Sample> => inTurn(askers.flatMap(asker => names.map(name => async () => { await find(asker, name, working.site.id) })))
      cold.rounds.push(figuresOf(await look()))
      cached.rounds.push(figuresOf(await look()))
      onProgress(`round ${round}/${rounds}: look-up cold p50 ${cold.rounds.at(-1)?.p50.toFixed(1)} ms, cached p50 ${cached.rounds.at(-1)?.p50.toFixed(2)} ms`)
    }

    return [cold, cached]
  } finally {
    await fleet.stop()
  }
}

async function find (asker: FleetSite, name: string, expected: string): Promise<void> {
  const found = await serving(asker, name)

  if (found.join() !== expected) {
    throw new Error(`${asker.site.id} found ${found.join(', ')} for ${name} instead of ${expected}`)
  }
}

async function inTurn (all: Array<() => Promise<void>>): Promise<Sample> {
  const latencies: number[] = []
  const started = performance.now()

  for (const one of all) {
    const begun = performance.now()
    await one()
    latencies.push(performance.now() - begun)
  }

  return { count: latencies.length, seconds: (performance.now() - started) / 1_000, latencies }
}
