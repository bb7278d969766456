/** For supervisors: alive, and ready to take work. No key, as in Beam. */
import Type from 'typebox'
import { demand } from '../caller.ts'
import { ANONYMOUS } from '../guards/authentication.ts'
import { empty, json } from '../openapi/responses.ts'
import { sendJson } from '../send.ts'
import type { AddRoutes } from '../context.ts'

const Ready = Type.Object({
  ready: Type.Boolean(),
  reasons: Type.Array(Type.String(), { description: 'what is missing' })
})

export const addHealth: AddRoutes = (server, { access, status, events }) => {
  const config = { open: true }
  const health = { operationId: 'health', summary: 'The daemon is alive', response: { 200: empty('Alive') } }

  server.get('/v1/health', { schema: health, config }, async (request, reply) => {
    demand(access, ANONYMOUS, 'health')

    return reply.code(200).send()
  })

  const ready = {
    operationId: 'ready',
    summary: 'The daemon takes work',
    response: { 200: json(Ready, 'Ready'), 503: json(Ready, 'Not ready: the reasons say why') }
  }

  server.get('/v1/ready', { schema: ready, config }, async (request, reply) => {
    demand(access, ANONYMOUS, 'health')

    const now = status()
    const reasons = events.draining && !now.reasons.includes(DRAINING) ? [...now.reasons, DRAINING] : now.reasons
    const isReady = now.ready && !events.draining

    return sendJson(reply, isReady ? 200 : 503, JSON.stringify({ ready: isReady, reasons }))
  })
}

const DRAINING = 'draining: the daemon is about to stop'
