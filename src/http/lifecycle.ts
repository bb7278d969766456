import { BeamError } from '../core/errors.ts'
import type { HttpContext } from './context.ts'
import type { Api } from './index.ts'
import type { Config } from '../config/index.ts'
import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'

/** ms between two looks for connections that became idle while closing */
const SWEEP = 25

/** Addresses that stand for all of a machine's; apps here use loopback */
const EVERYWHERE: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }

const CAUSES: Record<string, string> = {
  EADDRINUSE: 'another program uses it already: stop that one or choose another api.port',
  EACCES: 'this user may not bind it: choose an api.port above 1023',
  EADDRNOTAVAIL: 'this machine has no such address: choose another api.host',
  ENOTFOUND: 'api.host is no address and no name that this machine knows',
  EAI_AGAIN: 'api.host is no address, and names cannot be looked up now'
}

export class Lifecycle implements Api {
  readonly #server: FastifyInstance
  readonly #context: HttpContext
  #closing?: Promise<void>

  constructor (server: FastifyInstance, context: HttpContext) {
    this.#server = server
    this.#context = context
  }

  async listen (): Promise<{ url: string }> {
    const { api } = this.#context.config

    try {
      await this.#server.listen({ host: api.host, port: api.port })
    } catch (error) {
      throw explained(error, api)
    }

    const { address, port, family } = this.#server.server.address() as AddressInfo
    const host = EVERYWHERE[address] ?? (family === 'IPv6' ? `[${address}]` : address)

    return { url: `${api.tls == null ? 'http' : 'https'}://${host}:${port}` }
  }

  async close (): Promise<void> {
    this.#closing ??= this.#close()

    return this.#closing
  }

  async #close (): Promise<void> {
    const { events, limits, clock } = this.#context
    const http = this.#server.server

    if (!events.draining) {
      events.drain()
    }

    // connections that are kept alive would hold the server for minutes after their last answer
    const sweep = setInterval(() => { http.closeIdleConnections() }, SWEEP)
    const force = clock.setTimeout(() => { http.closeAllConnections() }, limits.drainTimeout)

    try {
      await this.#server.close()
    } finally {
      clearInterval(sweep)
      force.cancel()
    }
  }
}

function explained (error: unknown, { host, port }: Config['api']): unknown {
  const cause = CAUSES[(error as NodeJS.ErrnoException).code ?? '']

  return cause == null ? error : new BeamError('CANNOT_BIND', `the API cannot listen on ${host}:${port}: ${cause}`, { cause: error })
}
