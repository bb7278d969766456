import { admit } from '../caller.ts'
import { APP_KEY, COMMON, empty, text } from '../openapi/responses.ts'
import { BodyParams } from './schemas.ts'
import { bodyIdOf, unknownBody } from './state.ts'
import type { AddBodyRoute } from './context.ts'

const schema = {
  operationId: 'dropBody',
  summary: 'Give up a body that no task or result took over',
  security: APP_KEY,
  params: BodyParams,
  response: {
    ...COMMON,
    204: empty('It is gone'),
    404: text('No such body of this app')
  }
}

export const addDropBody: AddBodyRoute = (server, { bodies, access }) => {
  server.delete('/v1/bodies/:body_id', { schema }, async (request, reply) => {
    const app = admit(access, request, 'body.bring')

    if (!await bodies.drop(app, bodyIdOf(request))) {
      throw unknownBody()
    }

    return reply.code(204).send()
  })
}
