import Type from 'typebox'
import { admit } from '../caller.ts'
import { APP_KEY, COMMON, text } from '../openapi/responses.ts'
import { queryOf } from '../query.ts'
import { EventStream } from '../sse.ts'
import { parseAfter, parseTypes } from './position.ts'
import { render } from './render.ts'
import type { AppEvents } from '../../events/app-events.ts'
import type { HttpContext } from '../context.ts'
import type { FastifyInstance } from 'fastify'

const schema = {
  operationId: 'getEvents',
  summary: 'What concerns my app, as a numbered event stream: see docs/events.md',
  security: APP_KEY,
  headers: Type.Object({ 'Last-Event-ID': Type.Optional(Type.String({ description: 'go on after this event' })) }),
  querystring: Type.Object({
    after: Type.Optional(Type.String({ description: 'go on after this id, or after this number; 0 for all that is kept. Without it and without Last-Event-ID: from now on' })),
    types: Type.Optional(Type.String({ description: 'only these kinds, separated by commas' }))
  }),
  response: {
    ...COMMON,
    200: { description: 'Events as they are committed, and "gap" where some are missing', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    400: text('A wrong parameter')
  }
}

/** `GET /v1/events`: an app's own events and nobody else's */
export function addEvents (server: FastifyInstance, context: HttpContext, appEvents: AppEvents): void {
  const { access, polls, clock, limits, stalls, log } = context

  server.get('/v1/events', { schema }, async (request, reply) => {
    const app = admit(access, request, 'event.list')
    const query = queryOf(request)
    const after = parseAfter(query, request.headers['last-event-id'], appEvents.incarnation)
    const types = parseTypes(query)

    // of a stream, HEAD can say only whether it would begin
    if (request.method === 'HEAD') {
      return reply.type('text/event-stream').send()
    }

    await polls.hold(app, reply.raw, async (signal) => {
      const items = await appEvents.follow(app, after, signal)

      reply.hijack()

      const stream = new EventStream(reply.raw, { clock, limits, stalls })

      try {
        for await (const item of items) {
          if (item.kind === 'gap' || types == null || types.has(item.event.kind)) {
            await stream.write(render(item, appEvents.incarnation))
          }
        }
      } catch (error) {
        if (!signal.aborted) {
          log.error({ err: error }, 'an event stream failed')
          await stream.write('event: error\ndata: "Internal server error"\n\n')
        }
      } finally {
        stream.end()
      }
    })
  })
}
