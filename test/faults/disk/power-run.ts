/**
 * Power cuts for as long as one likes:
 *
 * npm run test:power -- --cycles 200 --seed 7
 *
 * Exit code 0 only if everything acknowledged was there after each cut.
 */
import { parseArgs } from 'node:util'
import { runPower } from './power.ts'
import { whyNoShim } from './shim.ts'

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) }
  }
})
const [cycles, seed] = [Number(values.cycles), Number(values.seed)]
const why = whyNoShim()

if (why != null || !Number.isSafeInteger(cycles) || cycles < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write(`${why ?? '--cycles and --seed must be whole numbers'}\n`)
  process.exit(2)
}

process.stderr.write(`power cuts: ${cycles}, seed ${seed}\n`)
const report = await runPower({ cycles, seed, onProgress: (line) => { process.stderr.write(`${line}\n`) } })

for (const violation of report.violations.slice(0, 50)) {
  process.stderr.write(`BROKEN: ${violation}\n`)
}

process.stdout.write(`seed ${report.seed}: ${report.cycles} power cuts, ${report.checked} acknowledgements looked for, ${report.violations.length} broken promises\n`)
process.exitCode = report.violations.length === 0 ? 0 : 1
