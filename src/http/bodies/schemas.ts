import Type from 'typebox'

export const BodyId = Type.String({ pattern: '^[0-9a-f]{32}$', description: 'the id of a body that was brought with POST /v1/bodies' })

export const BodyParams = Type.Object({ body_id: BodyId })

/** How far a body is */
export const BodyState = Type.Object({
  id: BodyId,
  size: Type.Integer({ minimum: 0, description: 'bytes on disk' }),
  complete: Type.Boolean(),
  sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of the whole, when it is complete' })),
  expires: Type.String({ description: 'when it is removed unless it is used, as an RFC 3339 date' })
}, { additionalProperties: false })

export const Bytes = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary', description: 'the bytes themselves' })

export const UploadHeaders = {
  'Upload-Complete': Type.Optional(Type.String({ description: '?1 when nothing follows, ?0 when more does' })),
  'Upload-Length': Type.Optional(Type.String({ description: 'bytes of the whole body, when they are known' })),
  'Content-Digest': Type.Optional(Type.String({ description: 'sha-256=:…: of what this request brings' })),
  'Repr-Digest': Type.Optional(Type.String({ description: 'sha-256=:…: that the whole body must have' }))
}
