import Type from 'typebox'
import { LimitError } from '../../core/errors.ts'
import { admit } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, json, text } from '../openapi/responses.ts'
import { booleanHeader, digestHeader, sizeHeader } from './headers.ts'
import { receive } from './receive.ts'
import { BodyState, Bytes, UploadHeaders } from './schemas.ts'
import { sendState, unknownBody } from './state.ts'
import type { AddBodyRoute } from './context.ts'

const schema = {
  operationId: 'createBody',
  summary: 'Bring the body of a task or result, as bytes; then name its id as body_ref',
  security: APP_KEY,
  consumes: ['application/octet-stream'],
  headers: Type.Object(UploadHeaders),
  body: Bytes,
  response: {
    ...COMMON,
    201: json(BodyState, 'On disk; Location and Upload-Offset tell where to go on when more follows'),
    400: text('A header is wrong, or what came has another SHA-256'),
    413: text('Larger than tasks.maxBody')
  }
}

export const addCreateBody: AddBodyRoute = (server, { bodies, access }) => {
  server.post('/v1/bodies', { schema }, async (request, reply) => {
    const app = admit(access, request, 'body.bring')
    const { headers } = request.raw
    const complete = booleanHeader(headers, 'Upload-Complete')
    const announced = complete === false ? undefined : sizeHeader(headers, 'Content-Length')
    const digest = digestHeader(headers, 'Repr-Digest')
    const contentDigest = digestHeader(headers, 'Content-Digest')
    const length = sizeHeader(headers, 'Upload-Length') ?? announced

    if (announced != null && announced !== length) {
      throw new HttpError(400, `Upload-Length must be ${announced}, the length of this request, when nothing follows, not ${length}`)
    }

    const begun = await bodies.begin(app, { length, digest })
    // who did not ask for a resumable upload does not know its address before it is whole
    const once = complete == null
    const outcome = await receive(bodies, request, app, begun.id, { offset: 0, whole: complete ?? true, contentDigest, digest, once }).catch(async (error) => {
      // nobody was told its id: it would take the place of another until it expires
      if (error instanceof LimitError) {
        await bodies.drop(app, begun.id)
      }

      throw error
    })

    if (outcome.kind !== 'appended') {
      throw unknownBody()
    }

    return sendState(reply, 201, outcome.upload)
  })
}
