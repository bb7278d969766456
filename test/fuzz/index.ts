/**
 * Coverage-guided fuzzing of everything that decodes what a peer, an app or a file
 * says: `npm run fuzz -- --seconds 60 [--target NAME]… [--jobs N] [--seed N] [--keep] [--json]`
 *
 * The decoders are bundled with counters in each statement and branch; inputs that
 * reach something new are kept and mutated further. A finding is an error that the
 * decoder's documentation does not name, a broken property, or 10 s without an end:
 * the input is written to `findings/` and the exit code is 1. `--keep` writes what
 * reached something new to `corpus/`, which the test suite replays.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import { keep, loadCorpus, saveFinding } from './corpus.ts'
import { fuzz } from './run.ts'
import { TARGETS } from './targets/names.ts'
import type { Report } from './run.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    target: { type: 'string', multiple: true, default: [] },
    jobs: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false }
  }
})

const unknown = values.target.find(name => !TARGETS.includes(name))

if (unknown != null) {
  process.stderr.write(`there is no target ${unknown}: choose of ${TARGETS.join(', ')}\n`)
  process.exit(2)
}

const queue = values.target.length > 0 ? [...values.target] : [...TARGETS]
const seconds = Number(values.seconds)
const seed = Number(values.seed)
const print = (line: string): void => { process.stdout.write(`${line}\n`) }
const say = values.json ? (): void => {} : print

say(`fuzzing ${queue.join(', ')} for ${seconds} s each, ${values.jobs} at a time, seed ${seed}`)

const bundle = await build()
const reports: Report[] = []

async function work (): Promise<void> {
  for (let name = queue.shift(); name != null; name = queue.shift()) {
    const report = await fuzz({ bundle, target: name, corpus: loadCorpus(name), seconds, seed })

    if (values.keep) {
      keep(name, report.added)
    }

    for (const finding of report.findings) {
      say(`FINDING in ${name}: ${finding.error}\n  input: ${saveFinding(name, finding.input)}`)
    }

    say(`${name}: ${report.executions} inputs, ${Math.round(report.executions / seconds)}/s, ${report.covered} of ${report.counters} counters reached, ` +
      `${report.added.length} new inputs, ${report.findings.length} findings`)
    reports.push(report)
  }
}

await Promise.all(Array.from({ length: Number(values.jobs) }, work))

if (values.json) {
  print(JSON.stringify(reports.map(({ added, findings, ...facts }) => ({ ...facts, added: added.length, findings: findings.map(({ error }) => error) }))))
}

process.exitCode = reports.some(report => report.findings.length > 0 || report.executions === 0) ? 1 : 0
