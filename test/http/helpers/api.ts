import { randomUUID } from 'node:crypto'
import { createAccess } from '../../../src/access/create-access.ts'
import { createApps } from '../../../src/access/create-apps.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { systemRandom } from '../../../src/core/random.ts'
import { createApi } from '../../../src/http/create-api.ts'
import { MemoryTasks } from './memory-tasks.ts'
import { MemoryWorkers } from './memory-workers.ts'
import type { Apps } from '../../../src/access/index.ts'
import type { Config } from '../../../src/config/index.ts'
import type { AppEvents } from '../../../src/events/app-events.ts'
import type { Api, HttpLimits, ReadyStatus } from '../../../src/http/index.ts'
import type { Member, Standing } from '../../../src/membership/index.ts'
import type { HttpMetrics } from '../../../src/metrics/index.ts'
import type { PathFacts, PeerStatus } from '../../../src/network/index.ts'
import type { AppRow } from '../../../src/store/index.ts'
import type { Bodies } from '../../../src/tasks/bodies/index.ts'

export const KEY = 'App1Secret'
export const APP1 = 'app1.proxy1.broker'
export const APP2 = 'app2.proxy1.broker'
export const REMOTE = 'app1.proxy2.broker'

export interface TestApi {
  url: string
  api: Api
  tasks: MemoryTasks
  workers: MemoryWorkers
  apps: Apps
  standings: Map<string, Standing>
  peers: PeerStatus[]
  /** What is known of the way to each site */
  paths: Map<string, PathFacts>
  ready: ReadyStatus
  drained: number
  close(): Promise<void>
}

export interface TestApiInit {
  api?: Partial<Config['api']>
  limits?: Partial<HttpLimits>
  metrics?: HttpMetrics
  appEvents?: AppEvents
  bodies?: Bodies
  /** Why only a restart helps */
  broken?(): string | undefined
}

/** The API on a free port of loopback, over test doubles of everything below it */
export async function startApi (init: TestApiInit = {}): Promise<TestApi> {
  const tasks = new MemoryTasks()
  const workers = new MemoryWorkers()
  const standings = new Map<string, Standing>([['proxy1.broker', 'member'], ['proxy2.broker', 'member'], ['proxy3.broker', 'revoked']])
  const peers: PeerStatus[] = []
  const ready: ReadyStatus = { ready: true, reasons: [] }
  const member = (site: string): Member => ({ site, signingKey: new Uint8Array(32), organization: '', capabilities: ['*'], notBefore: 0, notAfter: Infinity, admittedSeq: 1, admittedAt: 0 })

  const apps = await createApps({
    store: memoryApps(),
    self: 'proxy1.broker',
    envApps: [{ name: 'app1', key: KEY }, { name: 'app2', key: KEY }],
    clock: systemClock,
    random: systemRandom,
    log: silentLog
  })

  const started = {
    url: '', tasks, workers, apps, standings, peers, paths: new Map<string, PathFacts>(), ready, drained: 0
  }

  const events = {
    draining: false,
    drain: () => {
      events.draining = true
      started.drained++
    }
  }

  const api = await createApi({
    tasks,
    workers,
    apps,
    access: createAccess(),
    membership: {
      self: 'proxy1.broker',
      roster: {
        network: 'broker',
        members: () => [...standings.keys()].map(member),
        standing: (site) => standings.get(site) ?? 'unknown'
      }
    },
    network: { peers: () => peers, path: (site) => started.paths.get(site) ?? { history: [] } },
    events,
    config: {
      api: { host: '127.0.0.1', port: 0, hosts: [], bodyLimit: 67_108_864, maxWait: 3_600_000, maxPolls: 2_000, ...init.api },
      tasks: { maxTtl: 2_592_000_000, retention: 300_000, maxOpenPerApp: 100_000, maxBody: 1_073_741_824, maxRecipients: 1_024 }
    },
    clock: systemClock,
    log: silentLog,
    status: () => ready,
    limits: init.limits,
    metrics: init.metrics,
    appEvents: init.appEvents,
    bodies: init.bodies,
    broken: init.broken
  })

  const { url } = await api.listen()

  return Object.assign(started, { url, api, close: async () => { await api.close() } })
}

export function memoryApps (): Parameters<typeof createApps>[0]['store'] {
  const rows = new Map<string, AppRow>()

  return {
    listApps: async () => [...rows.values()],
    addApp: async (row) => !rows.has(row.name) && rows.set(row.name, row) != null,
    replaceAppKey: async (row) => rows.has(row.name) && rows.set(row.name, row) != null,
    removeApp: async ({ name }) => rows.delete(name)
  }
}

export const authorization = (app: string = APP1, key: string = KEY): { authorization: string } => ({ authorization: `ApiKey ${app} ${key}` })

export const newTask = (overrides: object = {}): Record<string, unknown> => ({
  id: randomUUID(), from: APP1, to: [APP2], body: 'hello', ttl: '30s', failure_strategy: 'discard', metadata: null, ...overrides
})

export const newResult = (task: unknown, overrides: object = {}): Record<string, unknown> => ({
  from: APP2, to: [APP1], task, status: 'succeeded', metadata: null, body: 'world', ...overrides
})

export interface Call {
  method?: string
  app?: string
  headers?: Record<string, string>
  /** Sent as JSON unless it is text or bytes */
  body?: unknown
  signal?: AbortSignal
}

export async function call (url: string, path: string, { method = 'GET', app = APP1, headers = {}, body, signal }: Call = {}): Promise<{ status: number, text: string, headers: Headers }> {
  const response = await fetch(url + path, {
    method,
    headers: { ...(app === '' ? {} : authorization(app)), ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body as string : JSON.stringify(body),
    signal,
    redirect: 'manual'
  })

  return { status: response.status, text: await response.text(), headers: response.headers }
}
