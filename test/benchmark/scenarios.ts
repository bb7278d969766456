import { randomUUID } from 'node:crypto'
import { expectStatus } from './http.ts'
import type { HttpClient } from './http.ts'

/** Bytes of a task's and a result's body */
export const BODY = 'x'.repeat(1_024)

export interface App {
  id: string
  http: HttpClient
}

/**
 * POST at site 1 → long-poll at site 2 → PUT → long-poll at site 1. The worker's
 * poll is held before the task is posted, as that of an idle worker is.
 */
export function roundTrip (asking: App, workers: App[]): (lane: number) => Promise<void> {
  return async lane => {
    const worker = workers[lane]
    const id = randomUUID()
    const offered = worker.http.call('GET', '/v1/tasks?filter=todo&wait_count=1&wait_time=30s')
    const posting = asking.http.call('POST', '/v1/tasks', taskOf(id, asking.id, worker.id))

    expectStatus(await posting, 201)

    const answered = asking.http.call('GET', `/v1/tasks/${id}/results?wait_count=1&wait_time=30s`)
    const tasks = JSON.parse(expectStatus(await offered, 200)) as Array<{ id: string, body: string }>

    if (tasks.length !== 1 || tasks[0].id !== id || tasks[0].body !== BODY) {
      throw new Error(`${worker.id} was offered ${tasks.length} tasks instead of its own`)
    }

    expectStatus(await worker.http.call('PUT', `/v1/tasks/${id}/results/${worker.id}`, JSON.stringify({
      from: worker.id, to: [asking.id], task: id, status: 'succeeded', body: BODY, metadata: null
    })), 201)

    const results = JSON.parse(expectStatus(await answered, 200)) as Array<{ body: string }>

    if (results.length !== 1 || results[0].body !== BODY) {
      throw new Error(`${asking.id} got ${results.length} results instead of one`)
    }
  }
}

/** POST alone, to an app of the other site that nobody is at */
export function postAlone (asking: App, to: string, posted: (id: string) => void): (lane: number) => Promise<void> {
  return async () => {
    const id = randomUUID()

    expectStatus(await asking.http.call('POST', '/v1/tasks', taskOf(id, asking.id, to)), 201)
    posted(id)
  }
}

function taskOf (id: string, from: string, to: string): string {
  return JSON.stringify({ id, from, to: [to], body: BODY, ttl: '10m', failure_strategy: 'discard', metadata: null })
}

/** ms until what was posted is on the other site's disk: the next figures must not pay for it */
export async function delivered (asking: App, id: string, timeout: number): Promise<number> {
  const started = performance.now()

  for (;;) {
    const deliveries = JSON.parse(expectStatus(await asking.http.call('GET', `/v1/tasks/${id}/deliveries`), 200)) as Array<{ state: string }>

    if (deliveries.every(({ state }) => state === 'delivered')) {
      return performance.now() - started
    }

    if (performance.now() - started > timeout) {
      throw new Error(`${id} was not delivered within ${timeout / 1_000} s: ${JSON.stringify(deliveries)}`)
    }

    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
