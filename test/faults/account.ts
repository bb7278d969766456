import { setTimeout as sleep } from 'node:timers/promises'
import { insist } from './client.ts'
import { answerTo } from './ledger.ts'
import type { Client } from './client.ts'
import type { Ledger } from './ledger.ts'

interface Result { from: string, status: string, body: string }

/** How many tasks are asked for at a time */
const AT_ONCE = 16

/** Asks every creator for every acknowledged task: each recipient's answer is there, once, whole, and the newest */
export async function account (ledger: Ledger, clients: Map<string, Client>, waitMs: number): Promise<void> {
  const left = [...ledger.tasks]
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
        problem = check(id, task.to, task.body, results)

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

  for (const key of ledger.results) {
    if (!ledger.tasks.has(key.slice(0, key.indexOf('/')))) {
      ledger.violations.push(`${key} was answered, but nobody was told that this task exists`)
    }
  }
}

function check (id: string, to: string[], body: string, results: Result[]): string | undefined {
  if (new Set(results.map(result => result.from)).size !== results.length) {
    return 'has two results of one app'
  }

  for (const app of to) {
    const result = results.find(result => result.from === app)

    if (result == null || result.status !== 'succeeded') {
      return `${app} has ${result?.status ?? 'no result'}`
    }

    if (result.body !== answerTo(id, app, body)) {
      return `the answer of ${app} is not the one to this task`
    }
  }
}
