import { setTimeout as sleep } from 'node:timers/promises'
import { insist } from './client.ts'
import { answerTo } from './ledger.ts'
import type { Answer, Client } from './client.ts'
import type { Ledger } from './ledger.ts'
import type { Decisions } from './random.ts'

interface Task { id: string, from: string, to: string[], body: string, failure_strategy?: unknown }

export interface WorkerInit {
  client: Client
  ledger: Ledger
  signal: AbortSignal
  decisions: Decisions
  /** Several clients of one app tell themselves apart by it, and claim with a lease */
  name?: string
}

/** Of a lease in s, and how many ms one that is late takes: the lease is over by then */
const LEASE = 1
const LATE = 1_300

/** One leased task in so many is answered late; one that may be tried again fails so often */
const LATE_ONE_IN = 20
const FAIL_ONE_IN = 4

/**
 * Claims and answers everything until told to stop. A worker that was told "your
 * answer is on disk" must never be offered that task again: that is an effect twice.
 */
export async function work (init: WorkerInit): Promise<void> {
  const { client, ledger, signal } = init

  while (!signal.aborted) {
    const asked = performance.now()
    const reply = await client.call('GET', '/v1/tasks?filter=todo&wait_count=1&wait_time=1s')

    if (reply == null || reply.status === 503) {
      await sleep(50)
      continue
    }

    if (reply.status !== 200 && reply.status !== 206) {
      ledger.violations.push(`the poll of ${client.app} answered ${reply.status} ${reply.text}`)
      await sleep(50)
      continue
    }

    const tasks = JSON.parse(reply.text) as Task[]

    if (new Set(tasks.map(task => task.id)).size !== tasks.length) {
      ledger.violations.push(`a list of ${client.app} holds a task twice`)
    }

    await Promise.all(tasks.map(async task => {
      const final = ledger.results.get(`${task.id}/${client.app}`)
      const cancelled = ledger.cancels.get(task.id)

      if (final != null && final.at < asked) {
        ledger.violations.push(`${client.app} was offered ${task.id} again after its answer was acknowledged`)
      } else if (cancelled != null && asked > ledger.healed) {
        ledger.violations.push(`${client.app} was offered ${task.id} after everybody knew that it was cancelled`)
      } else if (final == null) {
        await answer(init, task)
      }
    }))

    // everything it was offered is held by another client, or waits for its next try
    if (tasks.length > 0) {
      await sleep(20)
    }
  }
}

async function answer (init: WorkerInit, task: Task): Promise<void> {
  const { client, ledger, decisions, name } = init
  const by = name ?? client.app
  const key = `${task.id}/${client.app}`
  const say = async (status: string, body: string, query = '', token?: string): Promise<Answer> =>
    insist(client, 'PUT', `/v1/tasks/${task.id}/results/${client.app}${query}`, {
      from: client.app, to: [task.from], task: task.id, status, body, metadata: null
    }, token == null ? undefined : { 'beam-lease-token': token })

  // true: it was said, and counts
  const counts = (status: string, { status: code, text }: Answer): boolean => {
    if (code === 201 || code === 204) {
      return true
    }

    if (code === 410 && ledger.cancels.has(task.id)) {
      ledger.seen.cancelled++
    } else if (code === 409 && name != null && status === 'claimed') {
      ledger.seen.held++
    } else if (code === 409 && name != null) {
      ledger.seen.lost++
    } else {
      ledger.violations.push(`PUT of ${status} for ${key} answered ${code} ${text}`)
    }

    return false
  }

  const claim = await say('claimed', '', name == null ? '' : `?lease=${LEASE}s`)

  if (!counts('claimed', claim)) {
    return
  }

  if (name != null && claim.token == null) {
    ledger.violations.push(`${key} was claimed with a lease that has no token`)
    return
  }

  if (name != null && decisions.between(1, LATE_ONE_IN) === 1) {
    await sleep(LATE)
  }

  if (typeof task.failure_strategy === 'object' && decisions.between(1, FAIL_ONE_IN) === 1) {
    if (counts('tempfailed', await say('tempfailed', '', '', claim.token))) {
      ledger.seen.failed++
    }

    return
  }

  if (counts('succeeded', await say('succeeded', answerTo(task.id, client.app, task.body, by), '', claim.token))) {
    const other = ledger.results.get(key)

    if (other != null) {
      ledger.violations.push(`${key} has two acknowledged final answers, of ${other.by} and of ${by}`)
    }

    ledger.results.set(key, { by, at: performance.now() })
  }
}
