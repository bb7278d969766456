/**
 * Many simulations: `npm run test:simulation -- --seeds 10000 [--from NAME] [--sites 10] [--tasks 4] [--jobs 2] [--json]`
 *
 * Seed n is "NAME n". A seed that breaks an invariant is printed with the command that
 * replays it alone, and the exit code is 1.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { SimulationReport } from './kit/simulation.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: 'beam' },
    sites: { type: 'string', default: '10' },
    tasks: { type: 'string', default: '4' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false }
  }
})

/** A line about how far it is, every so many seeds */
const PROGRESS = 50

const say = (line: string): void => { process.stderr.write(`${line}\n`) }
const total = Number(values.seeds)
const started = performance.now()
const broken: SimulationReport[] = []
const sum = { seeds: 0, tasks: 0, answers: 0, versions: 0, cancels: 0, lost: 0, held: 0, failed: 0, kills: 0, cuts: 0, jumps: 0, restores: 0, forgotten: 0, again: 0 }
let next = 1

function learn (report: SimulationReport): void {
  sum.seeds++

  for (const key of ['tasks', 'answers', 'versions', 'cancels', 'lost', 'held', 'failed', 'kills', 'cuts', 'jumps', 'restores', 'forgotten', 'again'] as const) {
    sum[key] += report[key]
  }

  if (report.violations.length > 0) {
    broken.push(report)
    say(`BROKEN with the seed "${report.seed}" (replay: SIM_SEED="${report.seed}" SIM_SITES=${values.sites} SIM_TASKS=${values.tasks} npx mocha test/simulation/simulation.spec.ts)`)
    report.violations.slice(0, 10).forEach(line => { say(`  ${line}`) })
  }

  if (sum.seeds % PROGRESS === 0) {
    say(`${sum.seeds} of ${total} seeds, ${broken.length} broken, ${Math.round((performance.now() - started) / 1000)} s`)
  }
}

/** One thread takes seed after seed; simulations share nothing */
async function thread (): Promise<void> {
  const worker = new Worker(new URL('thread.ts', import.meta.url), { workerData: { sites: Number(values.sites), tasks: Number(values.tasks) } })

  await new Promise<void>((resolve, reject) => {
    const give = (): void => { worker.postMessage(next <= total ? `${values.from} ${next++}` : null) }

    worker.on('message', (report: SimulationReport) => {
      learn(report)
      give()
    })
    worker.on('error', reject)
    worker.on('exit', () => { resolve() })
    give()
  })
}

say(`${total} simulations of ${values.sites} sites, seeds "${values.from} 1" to "${values.from} ${total}", ${values.jobs} at a time`)
await Promise.all(Array.from({ length: Number(values.jobs) }, thread))
process.stdout.write(values.json
  ? `${JSON.stringify({ ...sum, broken: broken.map(({ seed, violations }) => ({ seed, violations })) })}\n`
  : `${sum.seeds} simulations: ${sum.tasks} tasks, ${sum.answers} answers in ${sum.versions} versions, ${sum.cancels} cancels, ${sum.held} claims of what another held, ${sum.lost} answers without their lease, ${sum.failed} failed tries, ${sum.kills} kills, ${sum.cuts} cuts, ${sum.jumps} clock jumps, ${sum.restores} restores that forgot ${sum.forgotten} acknowledged tasks, answers and cancels and got ${sum.again} tasks again; ${broken.length} broke an invariant\n`)
process.exitCode = broken.length > 0 || sum.seeds !== total ? 1 : 0
