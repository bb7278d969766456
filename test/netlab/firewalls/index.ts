/**
 * What a site's gateway lets through. Each kind is a piece of an nftables chain that
 * sees every packet between the site (`lan`) and the internet (`wan`); answers to what
 * was let through pass before it, and what no rule accepts is dropped after it.
 */
export interface Firewall {
  /** For people and error messages */
  readonly kind: string
  /** Lets new connections in from outside */
  readonly inbound: boolean
  /** What is not allowed out is answered with a reset instead of silence */
  readonly reset: boolean
  /** What may pass */
  rules(site: FirewallSite): string[]
}

export interface FirewallSite {
  /** Address of the site's forward proxy, when it has one */
  proxy?: string
}

export interface OutboundInit {
  /** @default false */
  reset?: boolean
}

export { closed } from './closed.ts'
export { only443 } from './only-443.ts'
export { open } from './open.ts'
export { outboundOnly } from './outbound-only.ts'
export { proxyOnly } from './proxy-only.ts'
