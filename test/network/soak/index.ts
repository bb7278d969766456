/**
 * `npm run test:soak -- [--mib 2048]`: so much through a relay, half of it each way, with
 * the relay and either end in processes of their own. Fails when the relay's memory
 * grows by 64 MiB or more after the first 64 MiB were forwarded.
 */
import { parseArgs } from 'node:util'
import { BOUND, MIB, soak } from './soak.ts'

const { values } = parseArgs({ options: { mib: { type: 'string', default: '2048' } } })
let shown = 0
const result = await soak(Number(values.mib), (mib, rss) => {
  if (mib >= shown + 256) {
    shown = mib
    process.stdout.write(`${mib} MiB forwarded, relay RSS ${Math.round(rss / MIB)} MiB\n`)
  }
})
const { seconds, growth, peak, mostHeld, cpuPerGiB } = result
process.stdout.write(`${result.mib} MiB in ${seconds.toFixed(1)} s (${(result.mib / seconds).toFixed(1)} MiB/s); relay RSS peak ${Math.round(peak / MIB)} MiB, grew ${Math.round(growth / MIB)} MiB; held at most ${(mostHeld / MIB).toFixed(2)} MiB; ${cpuPerGiB.toFixed(1)} CPU s/GiB\n`)

if (growth >= BOUND) {
  process.stdout.write(`FAILED: more than ${BOUND / MIB} MiB\n`)
  process.exitCode = 1
}
