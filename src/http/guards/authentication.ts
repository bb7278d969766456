import { LimitError } from '../../core/errors.ts'
import type { Apps, Principal } from '../../access/index.ts'
import type { Connections } from '../connections.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before the body is read */
    principal: Principal
  }

  interface FastifyContextConfig {
    /** Served without a key */
    open?: boolean
  }
}

export const ANONYMOUS: Principal = { kind: 'anonymous' }

/** Answers 401 as Beam does, with an empty body, for whatever is wrong with the header */
export function createAuthentication (apps: Pick<Apps, 'authenticate'>, connections: Pick<Connections, 'proven'>): (request: FastifyRequest, reply: FastifyReply) => Promise<boolean> {
  return async (request, reply) => {
    if (request.routeOptions.config.open === true) {
      return true
    }

    const principal = await apps.authenticate(request.headers.authorization).catch((error) => {
      // who guesses pays for a new connection each time
      reply.raw.shouldKeepAlive &&= !(error instanceof LimitError)
      throw error
    })

    if (principal == null) {
      reply.code(401).header('www-authenticate', 'ApiKey').send()

      return false
    }

    request.principal = principal
    connections.proven(request.raw.socket, reply.raw)

    return true
  }
}
