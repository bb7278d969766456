import { Readable } from 'node:stream'
import type { Stalls } from './stalls.ts'
import type { FastifyReply } from 'fastify'

/** Arrays whose bodies have more characters than this together leave item by item, never as one string */
const WHOLE = 1_048_576

/** Answers with more characters than this do not simply disappear in the kernel's buffers */
const SMALL = 65_536

/** `stalls` watches the reader of a large answer */
export function sendJson (reply: FastifyReply, status: number, text: string, stalls?: Stalls): FastifyReply {
  if (text.length > SMALL) {
    stalls?.watch(reply.raw)
  }

  return reply.code(status).header('content-type', 'application/json').send(text)
}

/** A JSON array */
export function sendItems<T extends { body?: string }> (reply: FastifyReply, status: number, items: T[], render: (item: T) => string, stalls: Stalls): FastifyReply {
  const size = items.reduce((sum, { body }) => sum + (body?.length ?? 0), 0)

  if (size <= WHOLE) {
    return sendJson(reply, status, `[${items.map(render).join(',')}]`, stalls)
  }

  stalls.watch(reply.raw)

  return reply.code(status).header('content-type', 'application/json').send(Readable.from(pieces(items, render), { highWaterMark: 1 }))
}

function * pieces<T> (items: T[], render: (item: T) => string): Generator<string> {
  for (const [index, item] of items.entries()) {
    yield `${index === 0 ? '[' : ','}${render(item)}`
  }

  yield ']'
}
