/**
 * How fast: two daemons as processes on loopback, 1 KiB bodies, and beside them the
 * least that could be done, measured in the same run. Single figures move by a
 * third on a shared machine; the ratios are steadier.
 *
 * npm run bench
 * npm run bench -- --rounds 9 --seconds 5 --json
 */
import { arch, availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { spreadOf } from './figures.ts'
import { renderTable } from './render.ts'
import { runBench } from './run.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    'in-flight': { type: 'string', default: '64' },
    json: { type: 'boolean', default: false }
  }
})

const number = (name: 'rounds' | 'seconds' | 'in-flight', most: number): number => {
  const value = Number(values[name])

  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    process.stderr.write(`--${name} must be a whole number from 1 to ${most}, not ${JSON.stringify(values[name])}\n`)
    process.exit(2)
  }

  return value
}

const init = { rounds: number('rounds', 100), seconds: number('seconds', 60), inFlight: number('in-flight', 512) }
const machine = `${cpus()[0]?.model ?? arch()}, ${availableParallelism()} cores, Node ${process.version}`
const measured = await runBench({ ...init, onProgress: line => { process.stderr.write(`${line}\n`) } })
const rate = (index: number): number => spreadOf(measured[index].rounds.map(round => round.rate)).median
const ratio = rate(2) / rate(3)

if (values.json) {
  process.stdout.write(`${JSON.stringify({ machine, ...init, measured, postToBaseline: ratio })}\n`)
} else {
  process.stdout.write(`\n${machine}; ${init.rounds} rounds of ${init.seconds} s, 1 KiB bodies; min / median / max\n\n${renderTable(measured)}\n\nPOST alone against the baseline: ${ratio.toFixed(2)}\n`)
}
