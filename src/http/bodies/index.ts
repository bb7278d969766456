/**
 * Bodies as bytes: brought before the task or result that names them (resumable in the
 * manner of the IETF draft on resumable uploads), read back in pieces and ranges.
 * docs/bodies.md
 */
import { addAppendBody } from './append.ts'
import { addCreateBody } from './create.ts'
import { addDropBody } from './drop.ts'
import { addFindBody } from './find.ts'
import { addReadBodies } from './read.ts'
import type { HttpContext } from '../context.ts'
import type { FastifyInstance } from 'fastify'

/** Their requests are streams: elsewhere a body is gathered before its handler runs */
export async function addBodyRoutes (server: FastifyInstance, context: HttpContext): Promise<void> {
  const { bodies } = context

  if (bodies == null) {
    return
  }

  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (request, payload, done) => { done(null) })

    for (const add of [addCreateBody, addFindBody, addAppendBody, addDropBody, addReadBodies]) {
      add(scope, { ...context, bodies })
    }
  })
}
