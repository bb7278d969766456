/**
 * The honest pair runs in a thread of its own: what the attacker does in this process
 * must not slow it down, only what he does to the daemons.
 */
import { randomUUID } from 'node:crypto'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export interface HonestInit {
  /** URLs of the APIs of who asks and who works */
  asks: string
  works: string
  asker: string
  worker: string
  key: string
  /**
   * Round trips at a time
   *
   * @default 2
   */
  lanes?: number
}

export interface Tally {
  done: number
  /** Round trips a second */
  rate: number
  /** ms, of the slowest */
  slowest: number
}

interface Report {
  done: number
  slowest: number
}

/** How often the thread tells, ms */
const TELL = 50

/** A round trip that takes longer has failed, ms */
const PATIENCE = 30_000

/**
 * A pair that does what the system is for, and holds it to its word: a task that is not
 * answered in time is an error of this test.
 */
export class Honest {
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #last: Report = { done: 0, slowest: 0 }

  constructor (init: HonestInit) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: init })
    this.#worker.on('message', (report: Report) => { this.#last = { done: report.done, slowest: Math.max(this.#last.slowest, report.slowest) } })
    this.#ended = new Promise((resolve, reject) => {
      this.#worker.once('error', reject)
      this.#worker.once('exit', () => { resolve() })
    })
    // looked at in `stop`; until then it must not end the process
    this.#ended.catch(() => undefined)
  }

  /** What is done while `work` runs */
  async during (work: () => Promise<unknown>, least: number = 0): Promise<Tally> {
    const from = this.#last.done
    const started = performance.now()

    this.#last.slowest = 0
    await Promise.all([work(), new Promise((resolve) => { setTimeout(resolve, least) })])
    const done = this.#last.done - from

    return { done, rate: done / (performance.now() - started) * 1_000, slowest: this.#last.slowest }
  }

  /** Rejects when a round trip failed at any time */
  async stop (): Promise<void> {
    this.#worker.postMessage('stop')
    await this.#ended
  }
}

/** In the thread */
class Pair {
  readonly #init: HonestInit
  readonly report: Report = { done: 0, slowest: 0 }
  stopped = false

  constructor (init: HonestInit) {
    this.#init = init
  }

  async run (): Promise<void> {
    await Promise.all(Array.from({ length: this.#init.lanes ?? 2 }, async () => this.#lane()))
  }

  async #lane (): Promise<void> {
    while (!this.stopped) {
      const started = performance.now()

      await this.#round(randomUUID())
      this.report.done++
      this.report.slowest = Math.max(this.report.slowest, performance.now() - started)
    }
  }

  async #round (id: string): Promise<void> {
    const { asks, works, asker, worker } = this.#init
    const body = `question ${id}`

    await this.#call(asks, asker, '/v1/tasks', 201, 'POST', { id, from: asker, to: [worker], body, ttl: '1h', failure_strategy: 'discard', metadata: null })
    const task = JSON.parse(await this.#call(works, worker, `/v1/tasks/${id}?wait_count=1&wait_time=25s`, 200))

    if (task.body !== body) {
      throw new Error(`the task ${id} came with another body`)
    }

    await this.#call(works, worker, `/v1/tasks/${id}/results/${worker}`, [201, 204], 'PUT', { from: worker, to: [asker], task: id, status: 'succeeded', metadata: null, body: `answer ${id}` })
    const [result] = JSON.parse(await this.#call(asks, asker, `/v1/tasks/${id}/results?wait_count=1&wait_time=25s`, 200))

    if (result.body !== `answer ${id}`) {
      throw new Error(`the result of ${id} is another one's`)
    }
  }

  async #call (url: string, app: string, path: string, expected: number | number[], method: string = 'GET', body?: object): Promise<string> {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `ApiKey ${app} ${this.#init.key}` },
      body: body == null ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE)
    })
    const text = await response.text()

    if (![expected].flat().includes(response.status)) {
      throw new Error(`${method} ${path} of ${app}: ${response.status} ${text.slice(0, 200)}`)
    }

    return text
  }
}

if (!isMainThread && parentPort != null) {
  const port = parentPort
  const pair = new Pair(workerData)
  const telling = setInterval(() => {
    port.postMessage(pair.report)
    pair.report.slowest = 0
  }, TELL)

  port.on('message', () => { pair.stopped = true })
  await pair.run()
  clearInterval(telling)
  port.close()
}
