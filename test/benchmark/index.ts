/**
 * How fast: daemons as processes on loopback, and beside them the least that could be
 * done and, when there is one, NATS, measured in the same run. Single figures move by a
 * third on a shared machine; the ratios are steadier. docs/benchmarks.md tells how to read it.
 *
 * npm run bench
 * npm run bench -- --quick
 * npm run bench -- --rounds 9 --seconds 5 --json
 */
import { arch, availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { spreadOf } from './figures.ts'
import { marksOf, renderMarks } from './marks.ts'
import { renderTable } from './render.ts'
import { runBench } from './run.ts'
import type { Measured } from './render.ts'

const USAGE = 'npm run bench -- [--rounds 1..100] [--seconds 1..60] [--in-flight 8..512] [--stored 0..1000000] [--polls 0..2000] [--quick] [--json]'

const DEFAULTS = { rounds: '5', seconds: '2', 'in-flight': '64', stored: '100000', polls: '1000' }

/** With --quick: all of it in a minute, to see that it runs; its figures are rough */
const QUICK = { ...DEFAULTS, rounds: '2', seconds: '1', stored: '5000', polls: '200' }

const OPTIONS = {
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  'in-flight': { type: 'string' },
  stored: { type: 'string' },
  polls: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false }
} as const

const values = readFlags()

function readFlags (): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ options: OPTIONS }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`)
    process.exit(2)
  }
}

if (values.help === true) {
  process.stdout.write(`${USAGE}\n`)
  process.exit(0)
}

const number = (name: keyof typeof DEFAULTS, least: number, most: number): number => {
  const text = values[name] ?? (values.quick === true ? QUICK : DEFAULTS)[name]
  const value = Number(text)

  if (!Number.isSafeInteger(value) || value < least || value > most) {
    process.stderr.write(`--${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}\n`)
    process.exit(2)
  }

  return value
}

const init = { rounds: number('rounds', 1, 100), seconds: number('seconds', 1, 60), inFlight: number('in-flight', 8, 512), stored: number('stored', 0, 1_000_000), polls: number('polls', 0, 2_000) }
const machine = `${cpus()[0]?.model ?? arch()}, ${availableParallelism()} cores, Node ${process.version}`
const result = await runBench({ ...init, onProgress: line => { process.stderr.write(`${line}\n`) } })
const { start, nats, ...scenarios } = result
const measured = Object.values(scenarios) as Measured[]
const marks = marksOf(result)

if (values.json === true) {
  process.stdout.write(`${JSON.stringify({ machine, ...init, nats, start, scenarios, marks })}\n`)
} else {
  const three = (figures: number[], unit: string): string => {
    const { min, median, max } = spreadOf(figures)

    return `${min.toFixed(0)} / ${median.toFixed(0)} / ${max.toFixed(0)} ${unit}`
  }

  process.stdout.write(`
${machine}; ${init.rounds} rounds of ${init.seconds} s, 1 KiB bodies; min / median / max

${renderTable(measured)}

ready after ${three(start.ready, 'ms')}; idle memory of a daemon ${three(start.idle, 'MB')}
${'missing' in nats ? `NATS: not measured, ${nats.missing}\n` : ''}
${renderMarks(marks)}
`)
}

// libp2p of the lab's clients and kept connections must not hold the process
process.exit()
