import Type from 'typebox'
import { admit } from '../caller.ts'
import { HttpError, sendText } from '../errors.ts'
import { APP_KEY, COMMON, empty, json, text } from '../openapi/responses.ts'
import { booleanHeader, digestHeader, sizeHeader } from './headers.ts'
import { receive } from './receive.ts'
import { BodyParams, BodyState, Bytes, UploadHeaders } from './schemas.ts'
import { bodyIdOf, sendState, stateHeaders, unknownBody } from './state.ts'
import type { AddBodyRoute } from './context.ts'

const schema = {
  operationId: 'appendBody',
  summary: 'Go on with a body that was cut or is brought in pieces',
  security: APP_KEY,
  consumes: ['application/octet-stream'],
  params: BodyParams,
  headers: Type.Object({ ...UploadHeaders, 'Upload-Offset': Type.String({ description: 'where these bytes begin' }) }),
  body: Bytes,
  response: {
    ...COMMON,
    200: json(BodyState, 'Complete'),
    204: empty('On disk; Upload-Offset tells where to go on'),
    400: text('A header is wrong, or what came has another SHA-256'),
    404: text('No such body of this app'),
    409: text('It does not end at Upload-Offset: the header of the answer says where it does'),
    413: text('Larger than tasks.maxBody')
  }
}

export const addAppendBody: AddBodyRoute = (server, { bodies, access }) => {
  server.patch('/v1/bodies/:body_id', { schema }, async (request, reply) => {
    const app = admit(access, request, 'body.bring')
    const id = bodyIdOf(request)
    const { headers } = request.raw
    const offset = sizeHeader(headers, 'Upload-Offset')

    if (offset == null) {
      throw new HttpError(400, 'Upload-Offset is missing: it must say where these bytes begin')
    }

    const outcome = await receive(bodies, request, app, id, {
      offset,
      whole: booleanHeader(headers, 'Upload-Complete') ?? false,
      contentDigest: digestHeader(headers, 'Content-Digest'),
      digest: digestHeader(headers, 'Repr-Digest')
    })

    switch (outcome.kind) {
      case 'appended':
        return outcome.upload.complete ? sendState(reply, 200, outcome.upload) : stateHeaders(reply, outcome.upload).code(204).send()
      case 'elsewhere':
        stateHeaders(reply, outcome.upload)

        return sendText(reply, 409, outcome.upload.complete
          ? `the body is complete: it has ${outcome.upload.size} bytes`
          : `Upload-Offset must be ${outcome.upload.size}, where the body ends, not ${offset}`)
      case 'unknown':
        throw unknownBody()
      default:
        throw new Error(outcome satisfies never)
    }
  })
}
