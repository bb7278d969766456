import { admit } from '../caller.ts'
import { APP_KEY, COMMON, json, text } from '../openapi/responses.ts'
import { BodyParams, BodyState } from './schemas.ts'
import { bodyIdOf, sendState, unknownBody } from './state.ts'
import type { AddBodyRoute } from './context.ts'

const schema = {
  operationId: 'findBody',
  summary: 'How far a body is; HEAD tells the same in Upload-Offset',
  security: APP_KEY,
  params: BodyParams,
  response: {
    ...COMMON,
    200: json(BodyState, 'What is on disk'),
    404: text('No such body of this app')
  }
}

export const addFindBody: AddBodyRoute = (server, { bodies, access }) => {
  server.get('/v1/bodies/:body_id', { schema }, async (request, reply) => {
    const app = admit(access, request, 'body.bring')
    const upload = await bodies.find(app, bodyIdOf(request))

    if (upload == null) {
      throw unknownBody()
    }

    return sendState(reply, 200, upload)
  })
}
