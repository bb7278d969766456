import { Readable } from 'node:stream'
import { HttpError } from '../errors.ts'
import { digestText } from './headers.ts'
import { rangeOf } from './range.ts'
import type { BodySource } from '../../tasks/bodies/index.ts'
import type { Stalls } from '../stalls.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * The bytes of a body as they lie on disk, in pieces, as fast as the reader takes them;
 * one that takes nothing is cut. Never rendered as what it may claim to be.
 */
export function sendBody (request: FastifyRequest, reply: FastifyReply, body: BodySource, stalls: Stalls): FastifyReply {
  const etag = `"${Buffer.from(body.sha256).toString('hex')}"`
  const { headers } = request

  reply.headers({
    etag,
    'repr-digest': digestText(body.sha256),
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff'
  })

  if (namesEtag(headers['if-none-match'], etag)) {
    return reply.code(304).send()
  }

  // a range of another version would be spliced into this one
  const same = headers['if-range'] == null || headers['if-range'] === etag
  const range = same && request.method === 'GET' ? rangeOf(headers.range, body.size) : undefined

  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${body.size}`)
    throw new HttpError(416, `Range must lie within the ${body.size} bytes of the body`)
  }

  const { offset, length } = range ?? { offset: 0, length: body.size }
  reply.code(range == null ? 200 : 206).header('content-length', length)

  if (range != null) {
    reply.header('content-range', `bytes ${offset}-${offset + length - 1}/${body.size}`)
  }

  if (request.method === 'HEAD') {
    return reply.send()
  }

  stalls.watch(reply.raw)

  return reply.send(Readable.from(body.read(offset, length), { objectMode: false, highWaterMark: 1 }))
}

function namesEtag (header: string | undefined, etag: string): boolean {
  return header != null && (header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag))
}
