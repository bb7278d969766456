import type { Host } from '../host.ts'
import type { Spawned } from '../process.ts'

/** A forward proxy that stands beside a host, on its site's network, on port 3128 */
export interface Proxy {
  readonly kind: string
  readonly credentials?: Credentials
  start(host: Host): Promise<Spawned>
}

export interface Credentials {
  user: string
  password: string
}

export interface ProxyInit {
  /** Asks for them with Basic authentication */
  credentials?: Credentials
  /** Ports that CONNECT may name. @default [443] */
  ports?: number[]
}

export interface RunningProxy {
  readonly host: Host
  /** As `network.proxy` wants it, with credentials */
  readonly url: string
  readonly process: Spawned
  /** Requests that it saw so far, and what it thought of them */
  log(): string
}

export { cuttingProxy } from './cutting.ts'
export { squid } from './squid.ts'
export { tinyproxy } from './tinyproxy.ts'
