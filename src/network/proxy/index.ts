/**
 * The way out: how connections to other sites leave this one, straight or through the
 * HTTP proxy of its institution. Through a proxy each connection is a CONNECT and then
 * a tunnel: WebSocket over TLS, WebSocket, or plain TCP. Noise runs inside all of
 * them, so that also a proxy that breaks TLS open sees nothing but Noise.
 *
 * What goes wrong is told apart by reason, each with what an operator can do about it.
 */
import type { Duplex } from 'node:stream'

/** Where a connection is meant to end */
export interface Target {
  /** Name or IP address */
  host: string
  port: number
}

export interface OpenInit {
  /** Ends the attempt, not the connection */
  signal: AbortSignal
}

export interface Outbound {
  /** Whether a connection to there goes through the proxy */
  proxied(target: Target): boolean
  /**
   * A TCP connection, straight or as a tunnel.
   *
   * @throws {OutboundError}
   */
  tcp(target: Target, init: OpenInit): Promise<Duplex>
  /**
   * TLS over that. `servername`: the name that the certificate must have. @default the host
   *
   * @throws {OutboundError}
   */
  tls(target: Target & { servername?: string }, init: OpenInit): Promise<Duplex>
  /** A tunnel ended by itself after nothing had moved on it for so many ms */
  cut(idle: number): void
  /** Something must be sent this often for tunnels to stay, ms; undefined while nothing is known */
  pace(): number | undefined
  /** Undefined without a proxy */
  view(): ProxyView | undefined
}

/**
 * no name: the proxy's name has no address; refused, unreachable, slow, closed: what the
 * proxy's address or the proxy itself did; not a proxy: it speaks something else;
 * credentials: it wants them, or others; forbidden: it does not allow CONNECT to there;
 * no way on: it could not reach the target (502, 503, 504); status: any other answer;
 * issuer, certificate: TLS with the target, or with an https proxy; no websocket: the
 * target, or somebody who broke TLS open, does not speak it
 */
export type Reason = 'no name' | 'refused' | 'unreachable' | 'slow' | 'closed' | 'not a proxy' | 'credentials' | 'forbidden' | 'no way on' | 'status' | 'issuer' | 'certificate' | 'no websocket'

/** For `status`, without credentials */
export interface ProxyView {
  /** Such as http://proxy.example:3128 */
  address: string
  /** Tunnels that were opened since the start */
  opened: number
  /** Those that failed, by reason */
  failed: Partial<Record<Reason, number>>
  /** The last failure; `mended` when a tunnel to the same target was opened since */
  last?: { at: number, target: string, reason: Reason, message: string, mended: boolean }
  /** Tunnels that were cut after idleness, and the shortest idleness that was followed by a cut twice, ms */
  cuts: number
  idle?: number
}
