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

const USAGE = 'npm run bench -- [--rounds 1..100] [--seconds 1..60] [--in-flight 1..512] [--json]'

/** Marks of the first release: round trips a second at 64 in flight, ms of one alone */
const MARKS = { rate: 400, p50: 8 }

const values = readFlags()

function readFlags (): { rounds: string, seconds: string, 'in-flight': string, json: boolean, help: boolean } {
  try {
    return parseArgs({
      options: {
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '2' },
        'in-flight': { type: 'string', default: '64' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false }
      }
    }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`)
    process.exit(2)
  }
}

if (values.help) {
  process.stdout.write(`${USAGE}\n`)
  process.exit(0)
}

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
const p50 = spreadOf(measured[0].rounds.map(round => round.p50)).median
const judged = (met: boolean): string => met ? 'met' : 'NOT met'

if (values.json) {
  process.stdout.write(`${JSON.stringify({ machine, ...init, measured, postToBaseline: ratio })}\n`)
} else {
  process.stdout.write(`\n${machine}; ${init.rounds} rounds of ${init.seconds} s, 1 KiB bodies; min / median / max\n\n${renderTable(measured)}\n\nPOST alone against the baseline: ${ratio.toFixed(2)}\nMarks: p50 of one alone at most ${MARKS.p50} ms: ${judged(p50 <= MARKS.p50)}; at least ${MARKS.rate}/s with ${init.inFlight} in flight: ${judged(rate(1) >= MARKS.rate)}\n`)
}
