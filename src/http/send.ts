import { Readable } from 'node:stream'
import type { Rendered } from './beam/render.ts'
import type { Stalls } from './stalls.ts'
import type { FastifyReply } from 'fastify'

/** Arrays whose bodies, metadata and recipients have more characters than this together leave item by item, never as one string */
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

/** One item, which may come in pieces */
export function sendItem (reply: FastifyReply, status: number, item: Rendered, stalls: Stalls): FastifyReply {
  return typeof item === 'string' ? sendJson(reply, status, item, stalls) : sendPieces(reply, status, item, stalls)
}

interface Item {
  body?: string
  bodyBytes?: Uint8Array
  metadata: string
  to: string[]
}

/** A JSON array */
export function sendItems<T extends Item> (reply: FastifyReply, status: number, items: T[], render: (item: T) => Rendered, stalls: Stalls): FastifyReply {
  const size = items.reduce((sum, { body, bodyBytes, metadata, to }) => sum + (bodyBytes?.byteLength ?? body?.length ?? 0) + metadata.length + 64 * to.length, 0)

  if (size > WHOLE) {
    return sendPieces(reply, status, pieces(items, render), stalls)
  }

  const rendered = items.map(render)

  if (rendered.every((item) => typeof item === 'string')) {
    return sendJson(reply, status, `[${rendered.join(',')}]`, stalls)
  }

  return sendPieces(reply, status, pieces(rendered, (item) => item), stalls)
}

function sendPieces (reply: FastifyReply, status: number, all: Iterable<string | Uint8Array>, stalls: Stalls): FastifyReply {
  stalls.watch(reply.raw)

  return reply.code(status).header('content-type', 'application/json').send(Readable.from(all, { highWaterMark: 1 }))
}

function * pieces<T> (items: T[], render: (item: T) => Rendered): Generator<string | Uint8Array> {
  for (const [index, item] of items.entries()) {
    const rendered = render(item)
    yield index === 0 ? '[' : ','

    if (typeof rendered === 'string') {
      yield rendered
    } else {
      yield * rendered
    }
  }

  yield ']'
}
