import { randomUUID } from 'node:crypto'
import { inLanes } from '../figures.ts'
import { expectBytes } from '../http.ts'
import { resultOf, taskOf } from './app.ts'
import type { App } from './app.ts'
import type { RoundTripInit } from './round-trip.ts'
import type { Scenario } from '../scenario.ts'

/** Where a list of one task or result holds its body: keys are in Beam's order */
const BEFORE = '[{"body":"'

/**
 * The same round trip with bodies so long that a client which makes strings of them would
 * take as much of the machine as a daemon. Every byte of every answer is compared.
 */
export function largeRoundTrips ({ name, asking, workers, pids, body = '' }: RoundTripInit): Scenario {
  const bytes = Buffer.from(body)

  return { name, pids, run: async (ms) => inLanes(workers.length, ms, async lane => largeRoundTrip(asking, workers[lane], bytes)) }
}

async function largeRoundTrip (asking: App, worker: App, body: Buffer): Promise<void> {
  const id = randomUUID()
  const offered = worker.http.callBytes('GET', '/v1/tasks?filter=todo&wait_count=1&wait_time=60s')
  const posting = asking.http.callBytes('POST', '/v1/tasks', withBody(taskOf(id, asking.id, worker.id, ''), body))

  expectBytes(await posting, 201)

  const answered = asking.http.callBytes('GET', `/v1/tasks/${id}/results?wait_count=1&wait_time=60s`)
  check(expectBytes(await offered, 200), body, ([task]) => task.id === id)
  expectBytes(await worker.http.callBytes('PUT', `/v1/tasks/${id}/results/${worker.id}`, withBody(resultOf(id, worker.id, asking.id, ''), body)), 201)
  check(expectBytes(await answered, 200), body, ([result]) => result.task === id)
}

/** The text of a task or result with a body in its empty place */
function withBody (text: string, body: Buffer): Buffer {
  const [before, after] = text.split('"body":""')

  return Buffer.concat([Buffer.from(`${before}"body":"`), body, Buffer.from(`"${after}`)])
}

function check (answer: Buffer, body: Buffer, isMine: (items: Array<{ id?: string, task?: string }>) => boolean): void {
  const end = BEFORE.length + body.byteLength

  if (answer.toString('utf8', 0, BEFORE.length) !== BEFORE || !answer.subarray(BEFORE.length, end).equals(body)) {
    throw new Error(`an answer does not hold the body: ${answer.toString('utf8', 0, 100)}`)
  }

  const items = JSON.parse(`${BEFORE}${answer.toString('utf8', end)}`)

  if (items.length !== 1 || !isMine(items)) {
    throw new Error(`an answer with ${items.length} items, or of another task`)
  }
}
