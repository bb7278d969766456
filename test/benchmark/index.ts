/**
 * How fast: daemons as processes on loopback, and beside them the least that could be
 * done and, when there is one, NATS, measured in the same run. Single figures move by a
 * third on a shared machine; the ratios are steadier. docs/benchmarks.md tells how to read it.
 *
 * npm run bench
 * npm run bench -- --quick
 * npm run bench -- --rounds 9 --seconds 5 --json
 * npm run bench -- network
 */
import { busyWarning } from './busy.ts'
import { spreadOf } from './figures.ts'
import { readFlags, thisMachine } from './flags.ts'
import { marksOf, renderMarks } from './marks.ts'
import { network } from './network/command.ts'
import { renderTable } from './render.ts'
import { runBench } from './run.ts'
import type { Measured } from './render.ts'

if (process.argv[2] === 'network') {
  await network(process.argv.slice(3))
  // libp2p of the nodes in this process must not hold it
  process.exit()
}

const { numbers, json } = readFlags(process.argv.slice(2), 'npm run bench -- [network]', {
  rounds: { default: 5, quick: 2, least: 1, most: 100 },
  seconds: { default: 2, quick: 1, least: 1, most: 60 },
  'in-flight': { default: 64, least: 8, most: 512 },
  stored: { default: 100_000, quick: 5_000, least: 0, most: 1_000_000 },
  polls: { default: 1_000, quick: 200, least: 0, most: 2_000 }
})
const { rounds, seconds, 'in-flight': inFlight, stored, polls } = numbers
const init = { rounds, seconds, inFlight, stored, polls }
const machine = thisMachine()
const busy = busyWarning()
const result = await runBench({ ...init, onProgress: line => { process.stderr.write(`${line}\n`) } })
const { start, nats, ...scenarios } = result
const measured = Object.values(scenarios) as Measured[]
const marks = marksOf(result)

if (json) {
  process.stdout.write(`${JSON.stringify({ machine, busy, ...init, nats, start, scenarios, marks })}\n`)
} else {
  const three = (figures: number[], unit: string): string => {
    const { min, median, max } = spreadOf(figures)

    return `${min.toFixed(0)} / ${median.toFixed(0)} / ${max.toFixed(0)} ${unit}`
  }

  process.stdout.write(`
${machine}; ${init.rounds} rounds of ${init.seconds} s, 1 KiB bodies; min / median / max
${busy == null ? '' : `${busy}\n`}
${renderTable(measured)}

ready after ${three(start.ready, 'ms')}; idle memory of a daemon ${three(start.idle, 'MB')}
${'missing' in nats ? `NATS: not measured, ${nats.missing}\n` : ''}
${renderMarks(marks)}
`)
}

// libp2p of the lab's clients and kept connections must not hold the process
process.exit()
