import { readServerSentEvents } from './server-sent-events.ts'

/**
 * What the coordinator's app says to its own daemon: Beam's HTTP API and plain
 * fetch, as any app could.
 */
export interface AppClient {
  readonly app: string
  /** Apps that announced the capability, whichever site they are at */
  findWorkers(capability: string): Promise<string[]>
  post(to: string[], body: object): Promise<PostedTask>
  /** Each answer as it comes, claims included, until `count` apps are done */
  answers(task: PostedTask, count: number, waitMs: number): AsyncIterable<Answer>
  deliveries(task: PostedTask): Promise<Delivery[]>
  sites(): Promise<SiteFacts[]>
}

export interface PostedTask {
  id: string
  to: string[]
  /** performance.now() just before it was posted */
  at: number
}

export interface Answer {
  from: string
  status: 'claimed' | 'succeeded' | 'tempfailed' | 'permfailed'
  body: string
  /** Since the task was posted */
  ms: number
}

export interface Delivery {
  to: string
  state: string
  reason?: string
}

export interface SiteFacts {
  id: string
  online: boolean
  /** `direct` or `relay`; absent for the own site and for one that is off */
  path?: string
}

/** A site that is off must not hold up the demo for long */
const TTL = '10m'

export function createAppClient ({ api, app, key }: { api: string, app: string, key: string }): AppClient {
  const headers = { authorization: `ApiKey ${app} ${key}` }

  async function call (method: string, path: string, init: { body?: object, accept?: string } = {}): Promise<Response> {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { ...headers, ...(init.accept != null ? { accept: init.accept } : {}) },
      body: init.body === undefined ? undefined : JSON.stringify(init.body)
    })

    if (!response.ok) {
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    }

    return response
  }

  return {
    app,

    async findWorkers (capability) {
      const found = await (await call('GET', `/v1/workers?capability=${encodeURIComponent(capability)}`)).json() as { workers: Array<{ app: string }> }

      return found.workers.map(worker => worker.app)
    },

    async post (to, body) {
      const task = { id: crypto.randomUUID(), to, at: performance.now() }

      await call('POST', '/v1/tasks', {
        body: { id: task.id, from: app, to, body: JSON.stringify(body), ttl: TTL, failure_strategy: 'discard', metadata: null }
      })

      return task
    },

    async * answers (task, count, waitMs) {
      const response = await call('GET', `/v1/tasks/${task.id}/results?wait_count=${count}&wait_time=${waitMs}ms`, { accept: 'text/event-stream' })

      for await (const { event, data } of readServerSentEvents(response)) {
        if (event === 'new_result') {
          const { from, status, body } = JSON.parse(data) as Answer

          yield { from, status, body, ms: performance.now() - task.at }
        }
      }
    },

    async deliveries (task) {
      return await (await call('GET', `/v1/tasks/${task.id}/deliveries`)).json() as Delivery[]
    },

    async sites () {
      return await (await call('GET', '/v1/sites')).json() as SiteFacts[]
    }
  }
}
