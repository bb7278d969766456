import { Worker } from 'node:worker_threads'
import type { FuzzJob, FuzzMessage } from './worker.ts'

/**
 * One input may take this long before it counts as a finding, ms: so much of the processors'
 * time, since others may have them. One that only waits is found after six times as long.
 */
const HANG = 10_000
const STILL = 6

/** Longest input of any target, bytes */
export const MAX_INPUT = 65_536

export interface Finding {
  error: string
  input: Uint8Array
}

export interface Report {
  target: string
  executions: number
  /** Counters in the bundle, and those that this target reached */
  counters: number
  covered: number
  /** Inputs that reached what the corpus did not */
  added: Uint8Array[]
  findings: Finding[]
}

/** One target in a thread of its own, so that an input which never ends can be told and ended */
export async function fuzz ({ bundle, target, corpus, seconds, seed }: Omit<FuzzJob, 'shared' | 'length'>): Promise<Report> {
  const shared = new SharedArrayBuffer(MAX_INPUT)
  const length = new SharedArrayBuffer(8)
  const state = new Int32Array(length)
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { bundle, target, corpus, seconds, seed, shared, length } satisfies FuzzJob })
  const report: Report = { target, executions: 0, counters: 0, covered: 0, added: [], findings: [] }

  await new Promise<void>((resolve, reject) => {
    let seen = -1
    let since = process.cpuUsage()
    let still = 0
    let started = false

    const watch = setInterval(() => {
      const executions = Atomics.load(state, 1)

      if (!started || executions !== seen) {
        seen = executions
        since = process.cpuUsage()
        still = 0
        return
      }

      const { user, system } = process.cpuUsage(since)

      if ((user + system) / 1_000 >= HANG || ++still >= STILL) {
        report.executions = executions
        report.findings.push({ error: `no end after ${HANG} ms`, input: Uint8Array.from(new Uint8Array(shared, 0, Atomics.load(state, 0))) })
        worker.terminate().then(() => { resolve() }, reject)
      }
    }, HANG)

    worker.on('message', (message: FuzzMessage) => {
      started = true

      if (message.kind === 'done') {
        Object.assign(report, message.facts)
      } else if (message.kind === 'finding') {
        report.findings.push(message.finding)
      }
    })
    worker.on('error', reject)
    worker.on('exit', () => {
      clearInterval(watch)
      resolve()
    })
  })

  return report
}
