import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '../client.ts'
import type { Lab, LabSite } from '../../../src/lab/index.ts'
import type { Client, Reply } from '../client.ts'

export const KEY = 'secret-of-the-disk-tests'
export const APPS = [{ name: 'asker', key: KEY }, { name: 'worker', key: KEY }]

export function app (site: LabSite, name: 'asker' | 'worker'): Client {
  return createClient(site.api, `${name}.${site.id}`, KEY)
}

/** Returns the task's id when it was acknowledged, else the reply */
export async function ask (from: Client, to: string[], { body = 'question', ttl = '600s' } = {}): Promise<{ id: string, reply: Reply }> {
  const id = randomUUID()
  const reply = await from.call('POST', '/v1/tasks', { id, from: from.app, to, body, ttl, failure_strategy: 'discard', metadata: null })

  return { id, reply }
}

/** Ids of the tasks that wait for the app */
export async function todo (worker: Client, wait = ''): Promise<string[]> {
  const reply = await worker.call('GET', `/v1/tasks?filter=todo${wait}`)

  return reply == null || reply.status >= 300 ? [] : (JSON.parse(reply.text) as Array<{ id: string }>).map(({ id }) => id)
}

export async function answer (worker: Client, id: string, to: string, status = 'succeeded', body = 'answer'): Promise<Reply> {
  return worker.call('PUT', `/v1/tasks/${id}/results/${worker.app}`, { task: id, from: worker.app, to: [to], status, body, metadata: null })
}

/** Until `check` holds; the error says what was awaited */
export async function eventually (what: string, check: () => Promise<boolean>, timeout = 30_000): Promise<void> {
  for (const end = performance.now() + timeout; !await check();) {
    if (performance.now() > end) {
      throw new Error(`not within ${timeout / 1_000} s: ${what}`)
    }

    await sleep(100)
  }
}

export async function ready (site: LabSite): Promise<{ status: number, reasons: string[] }> {
  const response = await fetch(`${site.api}/v1/ready`)
  const { reasons } = await response.json() as { reasons: string[] }

  return { status: response.status, reasons }
}

/** As the lab knows it now: after a restart it is another process */
export function siteOf (lab: Lab, index: number): LabSite {
  return lab.sites[index]
}
