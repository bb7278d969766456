/**
 * The crash test for as long as one likes:
 *
 * npm run test:crash -- --cycles 200 --seed 7 --dir /tmp/crash
 *
 * The daemons run as they are installed: one file of JavaScript starts in half the time of
 * the sources, and a cycle is mostly starts. `--sources` runs those.
 *
 * Exit code 0 only if every acknowledged task, cancel and result was accounted for.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { install } from '../scripts/installed.ts'
import { runCrash } from './crash.ts'

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    sites: { type: 'string' },
    dir: { type: 'string' },
    sources: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false }
  }
})

const number = (name: 'cycles' | 'seed' | 'sites', least: number): number => {
  const value = Number(values[name])

  if (!Number.isSafeInteger(value) || value < least) {
    process.stderr.write(`--${name} must be a whole number from ${least} on, not ${JSON.stringify(values[name])}\n`)
    process.exit(2)
  }

  return value
}

const print = (line: string): void => { process.stderr.write(`${line}\n`) }
const seed = number('seed', 0)
const cycles = number('cycles', 1)
// without a word: a third of the cycles each with two, three and four daemons
const networks = values.sites != null ? [number('sites', 2)] : [2, 3, 4]
const installed = values.sources ? undefined : install()
let broken = 0

process.once('exit', () => { installed?.remove() })

for (const [index, sites] of networks.entries()) {
  const share = Math.floor((cycles + index) / networks.length)

  if (share === 0) {
    continue
  }

  print(`crash test: ${share} cycles, ${sites} sites, seed ${seed}`)
  const report = await runCrash({ cycles: share, seed, sites, dir: values.dir == null ? undefined : join(values.dir, `${sites}-sites`), bin: installed?.bin, onProgress: print })
  broken += report.violations.length

  if (values.json) {
    process.stdout.write(`${JSON.stringify({ ...report, sites })}\n`)
    continue
  }

  for (const violation of report.violations.slice(0, 50)) {
    print(`BROKEN: ${violation}`)
  }

  const { held, lost, failed, cancelled } = report.seen
  process.stdout.write(`seed ${seed}, ${sites} sites: ${report.cycles} kills, ${report.tasks} tasks, ${report.results} results and ${report.cancels} cancels acknowledged; ${held} claims of what another held, ${lost} answers without their lease, ${failed} failed tries, ${cancelled} answers to cancelled tasks; ${report.violations.length} broken promises\n`)
}

process.exitCode = broken === 0 ? 0 : 1
