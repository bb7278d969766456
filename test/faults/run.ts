/**
 * The crash test for as long as one likes:
 *
 * npm run test:crash -- --cycles 200 --seed 7 --dir /tmp/crash
 *
 * Exit code 0 only if every acknowledged task and result was accounted for.
 */
import { parseArgs } from 'node:util'
import { runCrash } from './crash.ts'

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    sites: { type: 'string', default: '3' },
    dir: { type: 'string' },
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
const init = { cycles: number('cycles', 1), seed: number('seed', 0), sites: number('sites', 2), dir: values.dir, onProgress: print }

print(`crash test: ${init.cycles} cycles, ${init.sites} sites, seed ${init.seed}`)

const report = await runCrash(init)

if (values.json) {
  process.stdout.write(`${JSON.stringify(report)}\n`)
} else {
  for (const violation of report.violations.slice(0, 50)) {
    print(`BROKEN: ${violation}`)
  }

  process.stdout.write(`seed ${report.seed}: ${report.cycles} kills, ${report.tasks} tasks and ${report.results} results acknowledged, ${report.violations.length} broken promises\n`)
}

process.exitCode = report.violations.length === 0 ? 0 : 1
