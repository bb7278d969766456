import { quote } from '../../core/ids.ts'
import { HttpError } from '../errors.ts'
import { sendJson } from '../send.ts'
import { digestText } from './headers.ts'
import type { UploadView } from '../../tasks/bodies/index.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** @throws {HttpError} 404: what cannot be an id is none */
export function bodyIdOf (request: FastifyRequest): string {
  const { body_id: id } = request.params as { body_id: string }

  if (!/^[0-9a-f]{32}$/.test(id)) {
    throw new HttpError(404, `there is no body ${quote(id)}`)
  }

  return id
}

export function unknownBody (): HttpError {
  return new HttpError(404, 'there is no such body of this app: it was used, deleted, or has expired')
}

export function sendState (reply: FastifyReply, status: number, upload: UploadView): FastifyReply {
  const { id, size, complete, sha256, expires } = upload

  return sendJson(stateHeaders(reply, upload), status, JSON.stringify({
    id,
    size,
    complete,
    ...(sha256 == null ? {} : { sha256: Buffer.from(sha256).toString('hex') }),
    expires: new Date(expires).toISOString()
  }))
}

export function stateHeaders (reply: FastifyReply, { id, size, complete, sha256 }: UploadView): FastifyReply {
  reply.headers({
    location: `/v1/bodies/${id}`,
    'upload-offset': size,
    'upload-complete': complete ? '?1' : '?0',
    'cache-control': 'no-store'
  })

  return sha256 == null ? reply : reply.header('repr-digest', digestText(sha256))
}
