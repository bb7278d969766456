/**
 * `npm run bench:failover -- [--hospitals 15] [--relays 2]`: so many sites that nothing can
 * reach, each pair linked through a relay, all daemons in this process. The relay that
 * carries most is stopped, then one is revoked; how long until each pair talks again.
 *
 * `npm run bench:failover -- --tasks [--hospitals 15] [--seed 7] [--pace 1000]`: daemons as they are
 * installed, each a process; all circuits through one relay, a task under way both ways on each
 * when it is killed with SIGKILL, then the other one revoked. Exit code 0 only if every pair was
 * answered again in time, and every acknowledged task, result and cancel is accounted for.
 * `--pace`: longest pause of each site's creator between two tasks, ms; a long one leaves little
 * but the failover itself.
 */
import { parseArgs } from 'node:util'
import { runFailover } from '../faults/failover.ts'
import { install } from '../scripts/installed.ts'
import { Hospitals } from './helpers/hospitals.ts'
import { percentile, recovery } from './helpers/recovery.ts'
import { until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'

/** Longest time at p95 until the pairs of a relay that was killed, and of one that was revoked, are answered again, ms */
const KILLED = 10_000
const REVOKED = 5_000

const { values } = parseArgs({
  options: {
    hospitals: { type: 'string', default: '15' },
    relays: { type: 'string', default: '2' },
    tasks: { type: 'boolean', default: false },
    pace: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) }
  }
})

if (values.tasks) {
  process.exit(await withTasks())
}

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

async function withTasks (): Promise<number> {
  const installed = install()

  try {
    const say = (line: string): void => { process.stdout.write(`${line}\n`) }
    const { seed, killed, revoked, tasks, results, cancels, violations } = await runFailover({ hospitals: Number(values.hospitals), seed: Number(values.seed), pace: Number(values.pace), revoke: true, bin: installed.bin, onProgress: say })

    violations.slice(0, 50).forEach(line => { say(`BROKEN: ${line}`) })
    say(`seed ${seed}: ${tasks} tasks, ${results} results and ${cancels} cancels acknowledged; ${violations.length} broken promises`)

    return violations.length === 0 && killed.p95 < KILLED && (revoked?.p95 ?? Infinity) < REVOKED ? 0 : 1
  } finally {
    installed.remove()
  }
}
