/** The loop of one target: mutate, run, learn. */
import { parentPort, workerData } from 'node:worker_threads'
import { SeededRandom } from '../simulation/kit/seeded-random.ts'
import { COUNTERS } from './build.ts'
import { Coverage } from './coverage.ts'
import { mutate } from './mutate.ts'
import type { Finding, Report } from './run.ts'
import type { Target } from './targets/index.ts'
import type { MessagePort } from 'node:worker_threads'

export interface FuzzJob {
  bundle: string
  target: string
  corpus: Uint8Array[]
  seconds: number
  seed: number
  /** The input under way, for whoever finds this thread hanging */
  shared: SharedArrayBuffer
  /** Its length, and the number of inputs so far */
  length: SharedArrayBuffer
}

export type FuzzMessage =
  | { kind: 'started' }
  | { kind: 'finding', finding: Finding }
  | { kind: 'done', facts: Pick<Report, 'executions' | 'counters' | 'covered' | 'added'> }

/** Findings of one kind tell the same; of so many kinds the decoder is broken anyway */
const MAX_FINDINGS = 20

/** Where an error was thrown tells one kind from another: messages repeat the input */
function placeOf (error: Error): string {
  return error.stack?.split('\n').filter(line => line.startsWith('    at ')).slice(0, 2).join() ?? ''
}

async function work (port: MessagePort, job: FuzzJob): Promise<void> {
  const { targets } = await import(job.bundle) as { targets: Record<string, Target> }
  const target = targets[job.target]
  const coverage = new Coverage((globalThis as any)[COUNTERS])
  const random = new SeededRandom(job.seed)
  const below = (n: number): number => Math.floor(random.float() * n)
  const input = new Uint8Array(job.shared)
  const state = new Int32Array(job.length)
  const corpus: Uint8Array[] = []
  const added: Uint8Array[] = []
  const kinds = new Set<string>()
  let executions = 0

  async function run (data: Uint8Array): Promise<boolean> {
    input.set(data)
    Atomics.store(state, 0, data.byteLength)
    Atomics.store(state, 1, ++executions)
    coverage.reset()

    try {
      const running = target.run(data)

      if (running != null) {
        await running
      }
    } catch (error) {
      const kind = error instanceof Error ? `${error.name} ${placeOf(error)}` : 'no error'

      if (!kinds.has(kind) && kinds.size < MAX_FINDINGS) {
        kinds.add(kind)
        port.postMessage({ kind: 'finding', finding: { error: error instanceof Error ? error.stack ?? error.message : String(error), input: data } } satisfies FuzzMessage)
      }
    }

    return coverage.learn()
  }

  port.postMessage({ kind: 'started' } satisfies FuzzMessage)

  for (const data of [...target.seeds, ...job.corpus, new Uint8Array(0)]) {
    await run(data.slice(0, target.maxLength))
    corpus.push(data)
  }

  const end = Date.now() + job.seconds * 1000

  while (Date.now() < end) {
    for (let i = 0; i < 100; i++) {
      const data = Uint8Array.from(mutate(below, { corpus, dictionary: target.dictionary, maxLength: target.maxLength }))

      if (await run(data)) {
        corpus.push(data)
        added.push(data)
      }
    }
  }

  port.postMessage({ kind: 'done', facts: { executions, counters: coverage.counters, covered: coverage.covered, added } } satisfies FuzzMessage)
}

if (parentPort == null) {
  throw new Error('this module runs in a worker thread')
}

await work(parentPort, workerData)
