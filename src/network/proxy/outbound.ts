import { connect } from './connect.ts'
import { IdleCuts } from './idle-cuts.ts'
import { ProxyRecord } from './record.ts'
import { secured } from './secured.ts'
import { openTunnel, targetOf } from './tunnel.ts'
import type { Exceptions } from './exceptions.ts'
import type { OpenInit, Outbound, ProxyView, Target } from './index.ts'
import type { ProxySettings } from './settings.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'

export interface OutboundComponents {
  /** Undefined: everything leaves straight */
  proxy?: ProxySettings
  exceptions: Exceptions
  trust(): SecureContext
  clock: Pick<Clock, 'now'>
  log: Log
  /** For tunnels, ms. @default PROXY_TIMEOUT */
  timeout?: number
}

/** @see Outbound */
export class ProxyOutbound implements Outbound {
  readonly #components: OutboundComponents
  readonly #record: ProxyRecord
  readonly #cuts = new IdleCuts()

  constructor (components: OutboundComponents) {
    this.#components = components
    this.#record = new ProxyRecord(components)
  }

  proxied (target: Target): boolean {
    const { proxy, exceptions } = this.#components

    return proxy != null && !exceptions.has(target)
  }

  async tcp (target: Target, init: OpenInit): Promise<Socket> {
    return this.#recorded(target, async () => this.#open(target, init))
  }

  async tls (target: Target & { servername?: string }, { signal }: OpenInit): Promise<TLSSocket> {
    return this.#recorded(target, async () => {
      const { trust } = this.#components
      const socket = await this.#open(target, { signal })

      return secured(socket, { host: target.servername ?? target.host, trust: trust(), what: targetOf(target), signal })
    })
  }

  cut (idle: number): void {
    this.#cuts.add(idle)
  }

  pace (): number | undefined {
    return this.#cuts.pace
  }

  view (): ProxyView | undefined {
    const { proxy } = this.#components

    return proxy == null ? undefined : { address: proxy.address, ...this.#record.view, cuts: this.#cuts.count, ...(this.#cuts.shortest == null ? {} : { idle: this.#cuts.shortest }) }
  }

  async #open (target: Target, { signal }: OpenInit): Promise<Socket> {
    const { proxy, trust, timeout } = this.#components

    return proxy == null || !this.proxied(target) ? connect(target, targetOf(target), signal) : openTunnel(target, { proxy, trust, signal, timeout })
  }

  async #recorded<Made> (target: Target, open: () => Promise<Made>): Promise<Made> {
    if (!this.proxied(target)) {
      return open()
    }

    try {
      const made = await open()
      this.#record.opened(targetOf(target))

      return made
    } catch (error) {
      this.#record.failed(targetOf(target), error)
      throw error
    }
  }
}
