import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { insist } from './client.ts'
import type { Client } from './client.ts'
import type { Ledger } from './ledger.ts'
import type { Decisions } from './random.ts'

/** One body in so many is larger than what fits a control stream */
const LARGE_ONE_IN = 20
const SMALL_BYTES = 1_024
const LARGE_BYTES = 300_000

/** One task in so many is taken back, at most so many ms later */
const CANCEL_ONE_IN = 8
const CANCEL_WITHIN = 600

/** Half of the tasks may be tried as often as it takes */
const RETRY = { retry: { backoff_millisecs: 100, max_tries: 1_000 } }

export interface CreatorInit {
  client: Client
  /** Apps that may be asked */
  workers: string[]
  ledger: Ledger
  decisions: Decisions
  signal: AbortSignal
  /** Longest pause between two tasks, ms. @default 40 */
  pace?: number
  /** Bytes of the larger bodies. @default 300_000 */
  large?: number
}

/** Posts tasks until told to stop. A post whose outcome is unknown is said again under the same id. */
export async function create ({ client, workers, ledger, decisions, signal, pace = 40, large = LARGE_BYTES }: CreatorInit): Promise<void> {
  const cancels: Array<Promise<void>> = []

  while (!signal.aborted) {
    const id = randomUUID()
    const first = decisions.pick(workers)
    const to = [...new Set([first, decisions.pick(workers)])]
    const size = decisions.between(1, LARGE_ONE_IN) === 1 ? large : SMALL_BYTES
    const body = `${id} ${'ø'.repeat(size / 2)}`
    const { status, text } = await insist(client, 'POST', '/v1/tasks', { id, from: client.app, to, body, ttl: '1h', failure_strategy: decisions.between(0, 1) === 0 ? 'discard' : RETRY, metadata: { size } })

    // 409: it was stored the first time, only the answer was lost
    if (status !== 201 && status !== 409) {
      ledger.violations.push(`POST of ${id} answered ${status} ${text}`)
      continue
    }

    ledger.tasks.set(id, { from: client.app, to, body })

    if (decisions.between(1, CANCEL_ONE_IN) === 1) {
      cancels.push(cancel(client, ledger, id, decisions.between(0, CANCEL_WITHIN)))
    }

    await sleep(decisions.between(0, pace))
  }

  await Promise.all(cancels)
}

async function cancel (client: Client, ledger: Ledger, id: string, after: number): Promise<void> {
  await sleep(after)
  // from here on it may be gone
  ledger.cancels.set(id, undefined)
  const { status, text } = await insist(client, 'DELETE', `/v1/tasks/${id}`)

  if (status === 204) {
    ledger.cancels.set(id, performance.now())
  } else {
    ledger.violations.push(`DELETE of ${id} answered ${status} ${text}`)
  }
}
