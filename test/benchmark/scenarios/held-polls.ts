import { randomUUID } from 'node:crypto'
import { expectStatus } from '../http.ts'
import { resultOf, taskOf } from './app.ts'
import type { App } from './app.ts'
import type { Reply } from '../http.ts'
import type { Scenario } from '../scenario.ts'

interface Held {
  id: string
  answer: Promise<Reply>
}

export interface HeldPollsInit {
  asking: App
  worker: App
  /** Polls held all the time */
  polls: number
  pids: Record<string, number>
}

/**
 * So many polls for results are held at site 1, each of a task of its own. From the PUT at
 * site 2 to the answer of the right poll; any other poll that answers is an error. Between
 * two of them the poll is replaced, which is not timed.
 */
export function heldPolls ({ asking, worker, polls, pids }: HeldPollsInit): Scenario {
  const held: Held[] = []
  let answered = 0

  async function hold (): Promise<void> {
    const id = randomUUID()
    expectStatus(await asking.http.call('POST', '/v1/tasks', taskOf(id, asking.id, worker.id)), 201)
    const answer = asking.http.call('GET', `/v1/tasks/${id}/results?wait_count=1&wait_time=10m`)
    answer.then(() => { answered++ }, () => { answered++ })
    held.push({ id, answer })
    // it must be there, and must have been read by who answers it
    expectStatus(await worker.http.call('GET', `/v1/tasks/${id}?wait_count=1&wait_time=30s`), 200)
  }

  async function once (): Promise<number> {
    const [{ id, answer }] = held.splice(Math.floor(Math.random() * held.length), 1)
    const before = answered
    const begun = performance.now()
    const putting = worker.http.call('PUT', `/v1/tasks/${id}/results/${worker.id}`, resultOf(id, worker.id, asking.id))
    const results = JSON.parse(expectStatus(await answer, 200)) as Array<{ task: string }>
    const took = performance.now() - begun
    expectStatus(await putting, 201)

    if (results.length !== 1 || results[0].task !== id || answered - before > 1) {
      throw new Error(`one result was put, ${answered - before} polls woke`)
    }

    return took
  }

  return {
    name: `${polls} held polls: PUT at site 2 to the answer at site 1`,
    note: 'no other poll woke',
    pids,
    run: async (ms) => {
      while (held.length < polls) {
        await Promise.all(Array.from({ length: Math.min(32, polls - held.length) }, hold))
      }

      const latencies: number[] = []
      const started = performance.now()

      while (performance.now() - started < ms) {
        latencies.push(await once())
        await hold()
      }

      return { count: latencies.length, seconds: (performance.now() - started) / 1_000, latencies }
    }
  }
}
