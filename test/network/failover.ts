/**
 * `npm run bench:failover -- [--hospitals 15] [--relays 2]`: so many sites that nothing can
 * reach, each pair linked through a relay, all daemons in this process. The relay that
 * carries most is stopped, then one is revoked; how long until each pair talks again.
 */
import { parseArgs } from 'node:util'
import { Hospitals } from './helpers/hospitals.ts'
import { percentile, recovery } from './helpers/recovery.ts'
import { until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'

const { values } = parseArgs({ options: { hospitals: { type: 'string', default: '15' }, relays: { type: 'string', default: '2' } } })
const world = await Hospitals.open({ relays: Number(values.relays), hospitals: Number(values.hospitals) })

const busiest = (): TestSite => [...world.relays].filter(({ running }) => running).sort((a, b) => world.carried(b).length - world.carried(a).length)[0]

const show = (what: string, times: number[]): void => {
  process.stdout.write(`${what}: ${times.length} of ${world.pairs.length} pairs moved; p50 ${percentile(times, 0.5).toFixed(0)} ms, p95 ${percentile(times, 0.95).toFixed(0)} ms, last ${times.at(-1)?.toFixed(0)} ms\n`)
}

try {
  await world.ready()
  const killed = busiest()
  show('relay gone', await recovery(world.carried(killed), async () => { await killed.stop() }))
  await killed.start()
  await world.ready()

  const revoked = busiest()
  const pairs = world.carried(revoked)
  show('relay revoked', await recovery(pairs, async () => {
    await world.network.founder.membership.authority?.revoke(revoked.id, 'a test')
    await until(() => pairs.flat().every(({ membership }) => membership.roster.standing(revoked.id) === 'revoked'), 'they know')
  }))
} finally {
  await world.stop()
}
