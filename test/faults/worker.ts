import { setTimeout as sleep } from 'node:timers/promises'
import { insist } from './client.ts'
import { answerTo } from './ledger.ts'
import type { Client } from './client.ts'
import type { Ledger } from './ledger.ts'

interface Task { id: string, from: string, to: string[], body: string }

export interface WorkerInit {
  client: Client
  ledger: Ledger
  signal: AbortSignal
}

/**
 * Claims and answers everything until told to stop. A worker that was told "your
 * answer is on disk" must never be offered that task again: that is an effect twice.
 */
export async function work ({ client, ledger, signal }: WorkerInit): Promise<void> {
  while (!signal.aborted) {
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

    await Promise.all(tasks.map(async task => { await answer(client, ledger, task) }))
  }
}

async function answer (client: Client, ledger: Ledger, task: Task): Promise<void> {
  const key = `${task.id}/${client.app}`

  if (ledger.results.has(key)) {
    ledger.violations.push(`${client.app} was offered ${task.id} again after its answer was acknowledged`)
    return
  }

  for (const status of ['claimed', 'succeeded']) {
    const { status: code, text } = await insist(client, 'PUT', `/v1/tasks/${task.id}/results/${client.app}`, {
      from: client.app,
      to: [task.from],
      task: task.id,
      status,
      body: status === 'claimed' ? '' : answerTo(task.id, client.app, task.body),
      metadata: null
    })

    if (code !== 201 && code !== 204) {
      ledger.violations.push(`PUT of ${status} for ${key} answered ${code} ${text}`)
      return
    }
  }

  ledger.results.add(key)
}
