import Type from 'typebox'
import { parseId, quote } from '../../core/ids.ts'
import { AppIdText, TaskParams, Uuid } from '../beam/schemas.ts'
import { INVALID_URL, TASK_CANCELLED } from '../beam/texts.ts'
import { admit, taskIdOf } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, empty, text } from '../openapi/responses.ts'
import { refusal } from '../results/refusal.ts'
import { ambiguous } from '../tasks/ambiguous.ts'
import { Bytes } from './schemas.ts'
import { sendBody } from './send-body.ts'
import type { AddBodyRoute } from './context.ts'
import type { BodySource } from '../../tasks/bodies/index.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'

const bytes = (description: string): object => ({ description, content: { 'application/octet-stream': { schema: Bytes } } })

/** Bytes of one body that are read and not sent yet, at most: two pieces */
const UNDER_WAY = 524_288

const shared = {
  security: APP_KEY,
  headers: Type.Object({
    Range: Type.Optional(Type.String({ description: 'bytes=<from>-<to>' })),
    'If-Range': Type.Optional(Type.String({ description: 'the ETag of what is there already' }))
  }),
  response: {
    ...COMMON,
    200: bytes('The whole; ETag and Repr-Digest are made of its SHA-256'),
    206: bytes('The range'),
    404: empty('Unknown, expired, or somebody else\'s'),
    416: text('Nothing of the range is there')
  }
}

const ofTask = { ...shared, operationId: 'readTaskBody', summary: 'The body of a task for me, as bytes', params: TaskParams, response: { ...shared.response, 409: text('Several creators used this id: they are named'), 410: text('Its creator cancelled it') } }
const ofResult = { ...shared, operationId: 'readResultBody', summary: 'The body of a result of my task, as bytes', params: Type.Object({ task_id: Uuid, app_id: AppIdText }) }

/** HEAD is declared by hand: the framework's own would read the whole body and drop it */
export const addReadBodies: AddBodyRoute = (server, { bodies, access, stalls, membership, polls }) => {
  const send = async (request: FastifyRequest, reply: FastifyReply, body: BodySource): Promise<FastifyReply> => {
    // what a reader that takes nothing keeps here
    polls.answers.of(reply.raw)(Math.min(body.size, UNDER_WAY))

    return sendBody(request, reply, body, stalls)
  }

  const readTask = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const app = admit(access, request, 'task.read')
    const found = await bodies.ofTask(app, taskIdOf(request))

    switch (found.kind) {
      case 'found':
        return send(request, reply, found.body)
      case 'ambiguous':
        throw ambiguous(found.creators)
      case 'not-recipient':
        throw new HttpError(403, 'the creator of a task that is no recipient does not get its body back')
      case 'cancelled':
        throw new HttpError(410, TASK_CANCELLED)
      case 'not-found':
        throw new HttpError(404)
      default:
        throw new Error(found satisfies never)
    }
  }

  const readResult = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const app = admit(access, request, 'result.list')
    const { app_id: from } = request.params as { app_id: string }
    const { network } = membership.roster

    if (parseId(from, network) == null) {
      throw new HttpError(400, `${INVALID_URL}the app id must be of this network, "app.site.network", not ${quote(from)}`)
    }

    const found = await bodies.ofResult(app, taskIdOf(request), from)

    if (found.kind !== 'found') {
      throw refusal(found.kind)
    }

    return send(request, reply, found.body)
  }

  server.get('/v1/tasks/:task_id/body', { schema: ofTask, exposeHeadRoute: false }, readTask)
  server.head('/v1/tasks/:task_id/body', { schema: { hide: true } }, readTask)
  server.get('/v1/tasks/:task_id/results/:app_id/body', { schema: ofResult, exposeHeadRoute: false }, readResult)
  server.head('/v1/tasks/:task_id/results/:app_id/body', { schema: { hide: true } }, readResult)
}
