/**
 * Beam's JSON forms. The same schemas check what arrives (validate.ts) and make the
 * OpenAPI document; each description completes the sentence "<field> must be …".
 */
import Type from 'typebox'

export const Uuid = Type.String({ format: 'uuid', description: 'a UUID such as "70c0aa90-bfcf-4312-a6af-42cbd57dc0b8"' })

export const AppIdText = Type.String({ format: 'app-id', description: 'the id of an app of this network, "app.site.network"' })

export const AnyId = Type.String({ format: 'app-or-site-id', description: 'the id of an app or a site of this network, "app.site.network" or "site.network"' })

const Recipients = Type.Array(AnyId, { description: 'an array of ids' })

export const Ttl = Type.String({ format: 'beam-duration', description: 'a string with a duration such as "30s" or "2h"; a number without unit counts seconds' })

export const Body = Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'a string or null' }))

export const Metadata = Type.Unknown({ description: 'any JSON value, null for none' })

const Count = Type.Integer({ minimum: 0, description: 'a whole number from 0 on' })

export const FailureStrategy = Type.Union([
  Type.Literal('discard'),
  Type.Object({ retry: Type.Object({ backoff_millisecs: Count, max_tries: Count }) })
], { description: '"discard" or {"retry":{"backoff_millisecs":<n>,"max_tries":<n>}}' })

export const Status = Type.Union([
  Type.Literal('claimed'), Type.Literal('succeeded'), Type.Literal('tempfailed'), Type.Literal('permfailed')
], { description: 'one of "claimed", "succeeded", "tempfailed", "permfailed"' })

/** In place of `body`: bytes that were brought before */
export const UploadRef = Type.Optional(Type.Union([Type.String({ pattern: '^[0-9a-f]{32}$' }), Type.Null()], { description: 'the id of a body that was brought with POST /v1/bodies' }))

/** Beside an empty `body`: where the bytes are read that JSON does not hold */
export const BodyRef = Type.Optional(Type.Object({
  size: Type.Integer({ minimum: 0, description: 'bytes' }),
  sha256: Type.String({ description: '64 hexadecimal digits' }),
  url: Type.String({ description: 'where it is read, relative to this API' })
}, { additionalProperties: false, description: 'a body that is larger than 64 MiB, is no UTF-8 text, or was not asked for' }))

export const TaskBody = Type.Object({
  id: Uuid,
  from: AppIdText,
  to: Recipients,
  body: Body,
  body_ref: UploadRef,
  ttl: Ttl,
  failure_strategy: FailureStrategy,
  metadata: Metadata
}, { description: 'a JSON object with the fields of a task' })

export const ResultBody = Type.Object({
  from: AppIdText,
  to: Recipients,
  task: Uuid,
  status: Status,
  metadata: Metadata,
  body: Body,
  body_ref: UploadRef
}, { description: 'a JSON object with the fields of a result' })

/** The same with the configured number of recipients as limit */
export function limited<T extends typeof TaskBody | typeof ResultBody> (schema: T, maxRecipients: number): T {
  return {
    ...schema,
    properties: {
      ...schema.properties,
      to: { ...Recipients, maxItems: maxRecipients, description: `an array of at most ${maxRecipients} ids` }
    }
  }
}

/** What an app reads: exactly these keys, of which `body_ref` is there only when `body` could not be */
export const Task = Type.Object({
  body: Type.String(),
  body_ref: BodyRef,
  failure_strategy: FailureStrategy,
  from: AppIdText,
  id: Uuid,
  metadata: Metadata,
  to: Type.Array(AnyId),
  ttl: Ttl
}, { additionalProperties: false })

export const Result = Type.Object({
  body: Type.String(),
  body_ref: BodyRef,
  from: AppIdText,
  metadata: Metadata,
  status: Status,
  task: Uuid,
  to: Type.Array(AnyId)
}, { additionalProperties: false })

/** Body of 424 */
export const SiteList = Type.Array(Type.String(), { description: 'ids of sites, one for each offending entry of `to`, as in Beam' })

export const WaitQuery = {
  wait_count: Type.Optional(Type.String({ description: 'answer as soon as so many are there, 0 to 65535' })),
  wait_time: Type.Optional(Type.String({ description: 'answer after this time at the latest, such as "10s"; a number without unit counts milliseconds; without wait_count always after the whole time' }))
}

export const PageQuery = {
  limit: Type.Optional(Type.String({ description: 'items of a page, 1 to 1000; a Link header with rel="next" names the next page while there is one' })),
  cursor: Type.Optional(Type.String({ description: 'where a page begins: taken from the Link header' })),
  older_than: Type.Optional(Type.String({ description: 'only what arrived here before, such as "2h"; a number without unit counts seconds' })),
  newer_than: Type.Optional(Type.String({ description: 'only what arrived here since, such as "10m"' })),
  bodies: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('none')], { description: 'none: each body is told by size and hash' }))
}

export const TaskParams = Type.Object({ task_id: Uuid })
