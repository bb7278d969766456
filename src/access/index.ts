/**
 * Who asks, and may they? Every route and every frame resolves a Principal and
 * calls one `authorize`. Roles, organisations and collaborations will plug in here.
 */
import type { Signal } from '../core/bus.ts'
import type { AppId, SiteId } from '../core/ids.ts'

export type Principal =
  | { kind: 'app', id: AppId, site: SiteId }
  /** A daemon of another site, authenticated by Noise and the roster */
  | { kind: 'site', id: SiteId }
  /** Whoever can open the control socket */
  | { kind: 'operator' }
  | { kind: 'anonymous' }

export type Operation =
  | 'task.create' | 'task.list' | 'task.read' | 'task.receive' | 'task.deliveries' | 'task.cancel'
  | 'body.bring' | 'result.put' | 'result.list' | 'result.receive'
  | 'worker.announce' | 'worker.find' | 'event.list' | 'site.list' | 'health' | 'openapi' | 'operate'

export interface Decision {
  allowed: boolean
  /** For people: why not */
  reason?: string
}

/** What the operation touches, as far as it is known when asked */
export interface Resource {
  /** App or site that owns it */
  owner?: string
  recipients?: string[]
  from?: AppId
}

export interface Access {
  authorize(principal: Principal, operation: Operation, resource?: Resource): Decision
}

/** Keys of local apps: stored hashed, compared in constant time */
export interface Apps {
  /**
   * Checks `Authorization: ApiKey <app id> <key>`; undefined for any failure.
   *
   * @throws {LimitError} for a wrong key, when too many were tried
   */
  authenticate(header: string | undefined): Promise<Principal | undefined>
  list(): Promise<Array<{ id: AppId, created: number, source: 'store' | 'environment' }>>
  /** Returns the key: generated when none is given, shown this once */
  add(name: string, key?: string): Promise<{ id: AppId, key: string }>
  rotate(name: string, key?: string): Promise<{ id: AppId, key: string }>
  remove(name: string): Promise<void>
  /** An app's key is good no more: what was begun with it ends */
  readonly keyEnded: Signal<AppId>
}
