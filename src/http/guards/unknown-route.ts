import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * 404 without a body for an unknown path, 405 with Allow for a known one; no key is
 * asked for, as in Beam. True when it answered.
 */
export function createUnknownRoute (server: FastifyInstance): (request: FastifyRequest, reply: FastifyReply) => boolean {
  return (request, reply) => {
    const path = request.url.split('?', 1)[0]
    // the router would take an empty segment for a parameter
    const hasEmptySegment = path.endsWith('/') || path.includes('//', 1)

    if (!request.is404 && !hasEmptySegment) {
      return false
    }

    const allowed = hasEmptySegment ? [] : METHODS.filter((method) => server.findRoute({ method, url: path }) != null)

    if (allowed.length === 0) {
      reply.code(404).send()
    } else {
      reply.code(405).header('allow', allowed.join(',')).send()
    }

    return true
  }
}
