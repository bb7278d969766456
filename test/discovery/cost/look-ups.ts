import { loadavg } from 'node:os'
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

/** Announcements are kept by every server well before, also on a busy machine, ms */
const CALM = { share: 0.3, look: 1_000, most: 60_000 }

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
    for (const [index, { site, workers }] of all.entries()) {
      await workers.announce(`w.${site.id}`, [`alone-${index}`, ...stopped.includes(all[index]) ? [] : [`with-one-off-${index}`]], LEASE)
    }

    for (const [index, { site, workers }] of stopped.entries()) {
      await workers.announce(`w.${site.id}`, all.flatMap((_, at) => at % stopped.length === index && at % STOPPED !== 0 ? [`with-one-off-${at}`] : []), LEASE)
    }

    await calm()

    const cold = await look('cold', all.map((site, index) => ({ by: next(index, 7), capability: `alone-${index}`, expected: site })))
    const cached = await look('cached', all.map((site, index) => ({ by: next(index, 7), capability: `alone-${index}`, expected: site })))

    for (const { site, workers } of stopped) {
      await site.stop()
      await workers.stop()
    }

    await calm()
    const pairs = all.map((site, index) => ({ by: next(index, 13), capability: `with-one-off-${index}`, expected: site })).filter(({ by, expected }) => !stopped.includes(by) && !stopped.includes(expected))
    const beside = await look('cold, beside a site that is off and still named', pairs)

    return [cold, cached, beside]
  } finally {
    await fleet.stop()
  }
}

async function look (name: string, pairs: Array<{ by: FleetSite, capability: string, expected: FleetSite }>): Promise<LookUp> {
  const latencies: number[] = []
  const cpu = process.cpuUsage()

  for (const { by, capability, expected } of pairs) {
    const begun = performance.now()
    const found = await serving(by, capability)
    latencies.push(performance.now() - begun)

    if (found.join() !== expected.site.id) {
      throw new Error(`${by.site.id} found ${found.join(', ') || 'nobody'} for ${capability} instead of ${expected.site.id}`)
    }
  }

  const { user, system } = process.cpuUsage(cpu)
  const sorted = latencies.sort((a, b) => a - b)

  return { name, count: sorted.length, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), longest: sorted[sorted.length - 1], cpu: (user + system) / 1_000 / sorted.length, load: loadavg()[0] }
}

/** Until the fleet has little to do */
async function calm (): Promise<void> {
  for (let waited = 0, share = 1; waited < CALM.most && share > CALM.share; waited += CALM.look) {
    const before = process.cpuUsage()
    await new Promise(resolve => { setTimeout(resolve, CALM.look) })
    const { user, system } = process.cpuUsage(before)
    share = (user + system) / 1_000 / CALM.look
  }
}
