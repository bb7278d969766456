import { loadavg } from 'node:os'
import { directoryName } from '../../../src/workers/index.ts'
import { quantile } from '../../benchmark/figures.ts'
import { Fleet, serving } from '../kit/fleet.ts'
import type { FleetSite } from '../kit/fleet.ts'

export interface LookUpInit {
  servers: number
  clients: number
  onProgress(line: string): void
}

export interface LookUp {
  name: string
  count: number
  /** That found nobody in their time: on a machine so busy that a link takes seconds */
  missed: number
  /** ms */
  p50: number
  p95: number
  longest: number
  /** ms of CPU for each, of all the sites in this process together, with whatever else they do */
  cpu: number
  /** Processes that wanted a core while it was measured */
  load: number
}

const LEASE = 86_400_000

/** Until all that was announced is kept, also on a busy machine, ms */
const KEPT = 60_000

/** Of the sites that are off in the end: one in so many */
const STOPPED = 5

/**
 * Each client looks for a capability of another one that it has no link with: the
 * directory, then a link through a relay, then the question. Then once more. Then with
 * some sites that are off and still named by the directory.
 */
export async function measureLookUps ({ servers, clients, onProgress }: LookUpInit): Promise<LookUp[]> {
  const fleet = await Fleet.start({ servers, clients, onProgress: (joined, of) => { onProgress(`${joined} of ${of} sites joined`) } })
  const all = fleet.clients
  const next = (index: number, by: number): FleetSite => all[(index + by) % all.length]
  const stopped = all.filter((_, index) => index % STOPPED === 0)

  try {
    for (const [index, one] of all.entries()) {
      const beside = all.flatMap((_, at) => at % STOPPED !== 0 && (at === index || stopped[at % stopped.length] === one) ? [`with-one-off-${at}`] : [])
      await one.workers.announce(`w.${one.site.id}`, [`alone-${index}`, ...beside], LEASE)
    }

    await kept(fleet.servers[0], all.map(({ site }, index) => ({ capability: `alone-${index}`, site: site.id })))

    const cold = await look('cold', all.map((site, index) => ({ by: next(index, 7), capability: `alone-${index}`, expected: site })))
    const cached = await look('cached', all.map((site, index) => ({ by: next(index, 7), capability: `alone-${index}`, expected: site })))

    for (const { site, workers } of stopped) {
      await site.stop()
      await workers.stop()
    }

    const pairs = all.map((site, index) => ({ by: next(index, 13), capability: `with-one-off-${index}`, expected: site })).filter(({ by, expected }) => !stopped.includes(by) && !stopped.includes(expected))
    const beside = await look('cold, beside a site that is off and still named', pairs)

    return [cold, cached, beside]
  } finally {
    await fleet.stop()
  }
}

async function look (name: string, pairs: Array<{ by: FleetSite, capability: string, expected: FleetSite }>): Promise<LookUp> {
  const latencies: number[] = []
  let missed = 0
  const cpu = process.cpuUsage()

  for (const { by, capability, expected } of pairs) {
    const begun = performance.now()
    const found = await serving(by, capability)
    latencies.push(performance.now() - begun)

    if (found.length === 0) {
      missed++
    } else if (found.join() !== expected.site.id) {
      throw new Error(`${by.site.id} found ${found.join(', ')} for ${capability} instead of ${expected.site.id}`)
    }
  }

  const { user, system } = process.cpuUsage(cpu)
  const sorted = latencies.sort((a, b) => a - b)

  return { name, count: sorted.length, missed, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), longest: sorted[sorted.length - 1], cpu: (user + system) / 1_000 / sorted.length, load: loadavg()[0] }
}

/** Until the directory names each of them to a site that asks for nothing here */
async function kept (scout: FleetSite, announced: Array<{ capability: string, site: string }>): Promise<void> {
  const end = Date.now() + KEPT

  for (const { capability, site } of announced) {
    for (let names: string[] = []; !names.includes(site);) {
      if (Date.now() > end) {
        throw new Error(`the directory does not name ${site} for ${capability}`)
      }

      names = []

      for await (const name of scout.site.network.directory.find(directoryName(capability), AbortSignal.timeout(5_000))) {
        names.push(name)
      }
    }
  }
}
