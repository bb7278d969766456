/**
 * One table from the conditions of the capabilities to status codes. Bodies of
 * errors are plain text for people; where Beam has a text it comes first.
 */
import { BeamError, LimitError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/** Thrown by handlers: an answer that is no success */
export class HttpError extends Error {
  readonly status: number
  readonly body: string

  constructor (status: number, body: string = '') {
    super(body)
    this.name = 'HttpError'
    this.status = status
    this.body = body
  }
}

const STATUS: Record<string, number> = {
  INVALID_INPUT: 400,
  REFUSED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
  UNAVAILABLE: 503,
  UNREACHABLE: 503,
  LIMIT: 429,
  // the disk: nothing was stored
  STORE_FULL: 503,
  STORE_IO: 503,
  STORE_FAILED: 503,
  STORE_CORRUPT: 503,
  STORE_LOCKED: 503,
  STORE_CLOSED: 503
}

/** Seconds after which a client may try again when the daemon does not accept work now */
const RETRY_AFTER = 5

/** Beam's text for what it cannot explain either */
export const INTERNAL = 'Internal server error'

export function createErrorHandler (log: Log): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    // the framework asks to close after any trouble with a body; the rest of it is read and dropped instead, within
    // the request timeout, because a client that is cut while it writes often never sees the answer
    reply.header('connection', reply.raw.shouldKeepAlive ? 'keep-alive' : 'close')

    if (error instanceof HttpError) {
      sendText(reply, error.status, error.body)
    } else if (error instanceof BeamError && STATUS[error.code] != null) {
      if (error instanceof LimitError) {
        reply.header('retry-after', error.retryAfter)
      } else if (STATUS[error.code] === 503) {
        reply.header('retry-after', RETRY_AFTER)
      }

      sendText(reply, STATUS[error.code], error.message)
    } else if (isClientError(error)) {
      sendText(reply, error.statusCode, error.message)
    } else if (isCut(error)) {
      // nobody is there to read an answer
      log.debug({ method: request.method, route: request.routeOptions.url }, 'a client went away in the middle of its request')
      reply.hijack()
    } else {
      log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'a request failed')
      sendText(reply, 500, INTERNAL)
    }
  }
}

/** The connection ended, by the client or by draining, before the whole body was there */
function isCut (error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET'
}

/** Fastify's own: malformed URL, body cut off */
function isClientError (error: unknown): error is FastifyError & { statusCode: number } {
  const status = (error as FastifyError | undefined)?.statusCode

  return typeof status === 'number' && status >= 400 && status < 500
}

export function sendText (reply: FastifyReply, status: number, body: string): void {
  if (body === '') {
    reply.code(status).send()
  } else {
    reply.code(status).header('content-type', 'text/plain; charset=utf-8').send(body)
  }
}
