/**
 * Two questions of two askers, both without a key, as in Beam.
 *
 * health: must this process be restarted? A supervisor asks, and a 503 says yes: the
 * store has failed and a restart reads it back. Nothing that passes by itself is one:
 * restarting would not help, and held polls and links would be lost.
 *
 * ready: may work be sent here? 503 while it would be refused, with why.
 */
import Type from 'typebox'
import { demand } from '../caller.ts'
import { sendText } from '../errors.ts'
import { ANONYMOUS } from '../guards/authentication.ts'
import { empty, json, text } from '../openapi/responses.ts'
import { sendJson } from '../send.ts'
import type { AddRoutes } from '../context.ts'

const Ready = Type.Object({
  ready: Type.Boolean(),
  reasons: Type.Array(Type.String(), { description: 'what is missing' })
})

export const addHealth: AddRoutes = (server, { access, status, events, broken }) => {
  const config = { open: true }
  const health = { operationId: 'health', summary: 'The daemon is alive', response: { 200: empty('Alive'), 503: text('A restart is needed: why') } }

  server.get('/v1/health', { schema: health, config }, async (request, reply) => {
    demand(access, ANONYMOUS, 'health')

    const why = broken?.()

    if (why != null) {
      sendText(reply, 503, why)

      return reply
    }

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
