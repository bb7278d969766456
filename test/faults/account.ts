import { setTimeout as sleep } from 'node:timers/promises'
import { insist } from './client.ts'
import { answerTo } from './ledger.ts'
import type { Client } from './client.ts'
import type { Ledger } from './ledger.ts'

interface Result { from: string, status: string, body: string }

/** How many tasks are asked for at a time */
const AT_ONCE = 16

/** Asks every creator for every acknowledged task that it kept: each recipient's answer is there, once, whole, and the newest */
export async function account (ledger: Ledger, clients: Map<string, Client>, waitMs: number): Promise<void> {
  const left = [...ledger.tasks].filter(([id]) => !ledger.cancels.has(id))
  const end = Date.now() + waitMs

  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.shift(); next != null; next = left.shift()) {
      const [id, task] = next
      const wait = Math.max(1, Math.min(10_000, end - Date.now()))
      const client = clients.get(task.from)

      if (client == null) {
        throw new Error(`nobody plays ${task.from}`)
      }

      let results: Result[] = []
      let problem: string | undefined = 'was not asked for'

      // results of all recipients that are not mere claims
      while (problem != null) {
        const { status, text } = await insist(client, 'GET', `/v1/tasks/${id}/results?wait_count=${task.to.length}&wait_time=${wait}ms`)

        if (status !== 200 && status !== 206) {
          problem = `answered ${status} ${text}`
          break
        }

        results = JSON.parse(text) as Result[]
        problem = check(id, task.to, task.body, results, ledger)

        if (Date.now() >= end) {
          break
        }

        if (problem != null) {
          await sleep(100)
        }
      }

      if (problem != null) {
        ledger.violations.push(`acknowledged task ${id} of ${task.from}: ${problem}`)
      }
    }
  }))

  for (const key of ledger.results.keys()) {
    if (!ledger.tasks.has(key.slice(0, key.indexOf('/')))) {
      ledger.violations.push(`${key} was answered, but nobody was told that this task exists`)
    }
  }
}

/**
 * What was taken back is gone at each of its recipients, answers to it are refused, and what
 * its creator reads stays as it was: at the end of the waiting time, if not before.
 */
export async function accountForCancelled (ledger: Ledger, creators: Map<string, Client>, workers: Map<string, Client>, waitMs: number): Promise<void> {
  const left = [...ledger.cancels].filter(([, acknowledged]) => acknowledged != null).map(([id]) => id)
  const end = Date.now() + waitMs

  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let id = left.shift(); id != null; id = left.shift()) {
      const task = ledger.tasks.get(id)
      const creator = creators.get(task?.from ?? '')

      if (task == null || creator == null) {
        throw new Error(`nobody plays the creator of ${id}`)
      }

      for (const app of task.to) {
        const worker = workers.get(app)

        if (worker == null) {
          throw new Error(`nobody plays ${app}`)
        }

        let status = 0

        while (status !== 410 && status !== 404) {
          status = (await insist(worker, 'GET', `/v1/tasks/${id}`)).status

          if (Date.now() >= end) {
            break
          }

          await sleep(20)
        }

        const before = (await insist(creator, 'GET', `/v1/tasks/${id}/results`)).text
        const late = await insist(worker, 'PUT', `/v1/tasks/${id}/results/${app}`, { from: app, to: [task.from], task: id, status: 'succeeded', body: 'too late', metadata: null })
        const after = (await insist(creator, 'GET', `/v1/tasks/${id}/results`)).text

        if (status !== 410 && status !== 404) {
          ledger.violations.push(`cancelled task ${id} is still at ${app}: ${status}`)
        } else if (late.status !== 410 && late.status !== 404) {
          ledger.violations.push(`cancelled task ${id}: a late answer of ${app} got ${late.status} ${late.text}`)
        } else if (before !== after || after.includes('too late')) {
          ledger.violations.push(`cancelled task ${id}: a late answer of ${app} had an effect`)
        }
      }
    }
  }))
}

function check (id: string, to: string[], body: string, results: Result[], ledger: Ledger): string | undefined {
  if (new Set(results.map(result => result.from)).size !== results.length) {
    return 'has two results of one app'
  }

  for (const app of to) {
    const result = results.find(result => result.from === app)

    if (result == null || result.status !== 'succeeded') {
      // lost on its way back, or never to do again
      return `${app} has ${result?.status ?? 'no result'}, ${ledger.results.has(`${id}/${app}`) ? 'though its final answer was acknowledged' : 'and gave no final answer'}`
    }

    if (result.body !== answerTo(id, app, body, ledger.results.get(`${id}/${app}`)?.by)) {
      return `the answer of ${app} is not the one to this task`
    }
  }
}
