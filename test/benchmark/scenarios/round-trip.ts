import { randomUUID } from 'node:crypto'
import { inLanes } from '../figures.ts'
import { expectStatus } from '../http.ts'
import { BODY, resultOf, taskOf } from './app.ts'
import type { App } from './app.ts'
import type { Scenario } from '../scenario.ts'

export interface RoundTripInit {
  name: string
  asking: App
  /** One for each lane: a real worker is offered its own tasks, not those of 63 others */
  workers: App[]
  pids: Record<string, number>
  body?: string
}

/** POST at site 1 → long-poll at site 2 → PUT → long-poll at site 1, in as many lanes as there are workers */
export function roundTrips ({ name, asking, workers, pids, body }: RoundTripInit): Scenario {
  return { name, pids, run: async (ms) => inLanes(workers.length, ms, async lane => roundTrip(asking, workers[lane], body)) }
}

/** The worker's poll is held before the task is posted, as that of an idle worker is */
export async function roundTrip (asking: App, worker: App, body: string = BODY): Promise<void> {
  const id = randomUUID()
  const offered = worker.http.call('GET', '/v1/tasks?filter=todo&wait_count=1&wait_time=30s')
  const posting = asking.http.call('POST', '/v1/tasks', taskOf(id, asking.id, worker.id, body))

  expectStatus(await posting, 201)

  const answered = asking.http.call('GET', `/v1/tasks/${id}/results?wait_count=1&wait_time=30s`)
  const tasks = JSON.parse(expectStatus(await offered, 200)) as Array<{ id: string, body: string }>

  if (tasks.length !== 1 || tasks[0].id !== id || tasks[0].body !== body) {
    throw new Error(`${worker.id} was offered ${tasks.length} tasks instead of its own`)
  }

  expectStatus(await worker.http.call('PUT', `/v1/tasks/${id}/results/${worker.id}`, resultOf(id, worker.id, asking.id, body)), 201)

  const results = JSON.parse(expectStatus(await answered, 200)) as Array<{ body: string }>

  if (results.length !== 1 || results[0].body !== body) {
    throw new Error(`${asking.id} got ${results.length} results instead of one`)
  }
}
