import { until } from './sites.ts'
import type { TestSite } from './sites.ts'
import type { Frame } from '../../../src/protocols/control/pb/control.ts'

/** Each pair that talked through the relay: how long until a frame of each side arrives again, ms */
export async function recovery (pairs: Array<[TestSite, TestSite]>, event: () => Promise<void>): Promise<number[]> {
  const arrived = new Map<string, number>()
  const unsubscribe = [...new Set(pairs.flat())].map(to => to.network.links.frames.subscribe(({ site, done }) => {
    done()
    const key = `${site} ${to.id}`
    arrived.set(key, arrived.get(key) ?? performance.now())
  }))
  // what was sent before does not count
  await event()
  const begin = performance.now()
  arrived.clear()
  const frame: Partial<Frame> = { envelope: new Uint8Array(200) as Uint8Array<ArrayBuffer> }
  const missing = (): Array<[TestSite, TestSite]> => pairs.flatMap(([a, b]): Array<[TestSite, TestSite]> => [[a, b], [b, a]]).filter(([from, to]) => !arrived.has(`${from.id} ${to.id}`))

  await until(() => {
    missing().forEach(([from, to]) => {
      // as a courier does, for which something waits
      if (!from.network.links.send(to.id, frame)) {
        from.network.links.want(to.id)
      }
    })
    return missing().length === 0
  }, 'every pair talks again', 30_000)
  unsubscribe.forEach(end => { end() })

  return pairs.map(([a, b]) => Math.max(arrived.get(`${a.id} ${b.id}`) ?? Infinity, arrived.get(`${b.id} ${a.id}`) ?? Infinity) - begin).sort((x, y) => x - y)
}

/** Of sorted times */
export function percentile (times: number[], part: number): number {
  return times[Math.max(Math.ceil(times.length * part) - 1, 0)]
}
