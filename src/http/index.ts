/**
 * The loopback API that apps speak: Samply.Beam v1 to the status code, and what
 * goes beyond it. It translates between HTTP and the capabilities; it holds no rules
 * and no state of its own beside what one connection needs.
 *
 * A request passes, in this order: Host and Origin (before anything is routed),
 * the route, the app's key (before the body is read), the body within its limits,
 * the handler. What Beam answers differently on purpose stands in
 * docs/differences-from-beam.md; every limit in docs/limits.md.
 */
import type { Access, Apps } from '../access/index.ts'
import type { Config } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { AppEvents } from '../events/app-events.ts'
import type { EventBus } from '../events/index.ts'
import type { Membership } from '../membership/index.ts'
import type { HttpMetrics } from '../metrics/index.ts'
import type { Network } from '../network/index.ts'
import type { Bodies } from '../tasks/bodies/index.ts'
import type { Tasks, Workers } from '../tasks/index.ts'

/** For GET /v1/ready */
export interface ReadyStatus {
  ready: boolean
  /** For people: what is missing */
  reasons: string[]
}

export interface ApiComponents {
  tasks: Tasks
  workers: Workers
  /** Bodies as streams; their routes are not there when absent */
  bodies?: Bodies
  /** For GET /v1/events, which is not there when absent */
  appEvents?: AppEvents
  apps: Pick<Apps, 'authenticate' | 'keyEnded'>
  access: Access
  membership: {
    self: Membership['self']
    roster: Pick<Membership['roster'], 'network' | 'members' | 'standing'>
  }
  network: Pick<Network, 'peers' | 'path'>
  events: Pick<EventBus, 'drain' | 'draining'>
  config: Pick<Config, 'api' | 'tasks'>
  clock: Clock
  log: Log
  status(): ReadyStatus
  /** For GET /v1/health: why only a restart helps. @default nothing ever is */
  broken?(): string | undefined
  /** Counts requests and serves GET /metrics; none of it when absent */
  metrics?: HttpMetrics
  /** For tests: shorter times */
  limits?: Partial<HttpLimits>
}

/** Limits that have no place in the configuration file. Units stand beside each. */
export interface HttpLimits {
  /** All header lines of a request, bytes. Default 16_384 */
  maxHeaderSize: number
  /** ms until the header lines are there. Default 20_000 */
  headersTimeout: number
  /** ms until the whole request is there; held polls are not touched. Default 300_000 */
  requestTimeout: number
  /** ms that an idle connection is kept; above the 90 s of common client pools. Default 120_000 */
  keepAliveTimeout: number
  /** Open TCP connections. Default 10_000 */
  maxConnections: number
  /** Bytes of all bodies that are being received at a time, beside small ones. Default 268_435_456 (256 MiB) */
  maxReceiving: number
  /** ms between comments on a quiet event stream. Default 15_000 */
  keepAlive: number
  /** ms after which a reader that takes nothing is cut. Default 60_000 */
  stall: number
  /** ms that `close` waits for answers under way. Default 5_000 */
  drainTimeout: number
}

export interface Api {
  /** Binds and resolves with the address that apps use */
  listen(): Promise<{ url: string }>
  /** Answers held polls with what is there, refuses new connections, then ends what is left */
  close(): Promise<void>
}
