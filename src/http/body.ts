import { InvalidInputError, LimitError } from '../core/errors.ts'
import { release } from '../store/messages.ts'
import { HttpError } from './errors.ts'
import { SMALL_BODY } from './limits.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'

declare module 'fastify' {
  interface FastifyRequest {
    response: ServerResponse
  }
}

export interface BodyLimits {
  /** Bytes of one body */
  bodyLimit: number
  /** Bytes of all bodies larger than SMALL_BODY that are here at a time */
  maxReceiving: number
}

/** Every body becomes `request.body` as a Buffer, whatever its Content-Type says */
export function addBodies (server: FastifyInstance, limits: BodyLimits): void {
  const budget = new Budget(limits.maxReceiving)

  server.decorateRequest('response')
  server.addHook('onRequest', (request, reply, done) => {
    request.response = reply.raw
    done()
  })

  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage, done: (error: Error | null, body?: Buffer) => void) => {
    read(payload, request.response, limits.bodyLimit, budget.open(request.response))
      .then((body) => { done(null, body) }, (error) => { done(error) })
  })
}

async function read (payload: IncomingMessage, response: ServerResponse, bodyLimit: number, account: Account): Promise<Buffer> {
  const announced = Number(payload.headers['content-length'] ?? 0)

  if (announced > bodyLimit) {
    throw tooLarge(bodyLimit)
  }

  account.take(announced)
  sendContinue(payload, response)

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    /** Of a large body whose length was said: its chunks need not be kept until it is whole */
    const whole = announced > SMALL_BODY ? Buffer.allocUnsafeSlow(announced) : undefined
    let size = 0

    const finish = (error?: Error): void => {
      payload.off('data', onData).off('end', onEnd).off('close', onClose).off('error', finish)

      if (error == null) {
        resolve(whole ?? (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size)))
      } else {
        reject(error)
      }
    }

    const onData = (chunk: Buffer): void => {
      size += chunk.length

      if (size > bodyLimit) {
        finish(tooLarge(bodyLimit))

        return
      }

      try {
        account.take(size)

        if (whole == null) {
          chunks.push(chunk)
        } else {
          whole.set(chunk, size - chunk.length)
          release(chunk)
        }
      } catch (error) {
        finish(error as Error)
      }
    }

    const onEnd = (): void => { finish() }
    const onClose = (): void => { finish(new InvalidInputError('request body', 'must arrive whole: the connection was cut')) }

    payload.on('data', onData).on('end', onEnd).on('close', onClose).on('error', finish)
  })
}

function tooLarge (limit: number): HttpError {
  return new HttpError(413, `the request body is larger than the limit of ${limit} bytes (api.bodyLimit in the daemon's configuration)`)
}

export function sendContinue (payload: IncomingMessage, response: ServerResponse): void {
  if (payload.headers.expect?.toLowerCase() === '100-continue') {
    response.shouldKeepAlive = true
    response.writeContinue()
  }
}

interface Account {
  /** `bytes` in total for this body; given back when its response is done */
  take(bytes: number): void
}

/** Many large bodies at a time must not fill the memory */
class Budget {
  readonly #limit: number
  #taken = 0

  constructor (limit: number) {
    this.#limit = limit
  }

  open (response: ServerResponse): Account {
    let mine = 0

    return {
      take: (bytes) => {
        if (bytes <= Math.max(mine, SMALL_BODY)) {
          return
        }

        if (this.#taken + bytes - mine > this.#limit) {
          throw new LimitError('too many large bodies are being received at this moment')
        }

        if (mine === 0) {
          response.once('close', () => { this.#taken -= mine })
        }

        this.#taken += bytes - mine
        mine = bytes
      }
    }
  }
}
