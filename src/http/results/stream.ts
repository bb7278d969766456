import { quote } from '../../core/ids.ts'
import { asText, renderResult } from '../beam/render.ts'
import { HttpError } from '../errors.ts'
import { EventStream } from '../sse.ts'
import { refusal } from './refusal.ts'
import type { AppId } from '../../core/ids.ts'
import type { ResultEvent } from '../../tasks/index.ts'
import type { HttpContext } from '../context.ts'
import type { AskedWait } from '../query.ts'
import type { FastifyReply } from 'fastify'

/** Beam's rule: one element of the list, without parameters */
export function wantsEvents (accept: string | undefined): boolean {
  return accept?.split(',').some((element) => element.trim() === 'text/event-stream') ?? false
}

/** @throws {HttpError} 400 */
export function lastEventId (header: string | string[] | undefined): number {
  // event-source libraries send an empty one before the first event
  const text = header?.toString() ?? ''

  if (!/^\d{0,15}$/.test(text)) {
    throw new HttpError(400, `Last-Event-ID must be the id of an event of this stream, a whole number, not ${quote(text)}`)
  }

  return Number(text)
}

export interface StreamRequest {
  app: AppId
  id: string
  asked: AskedWait
  after: number
}

export async function streamResults (context: HttpContext, reply: FastifyReply, { app, id, asked, after }: StreamRequest): Promise<void> {
  const { tasks, polls, clock, limits, stalls, log } = context

  await polls.hold(app, reply.raw, async (signal) => {
    const outcome = await tasks.watch(app, id, after, { ...asked, signal, turn: async (bytes) => polls.answers.turn(bytes, signal) })

    if (outcome.kind !== 'watching') {
      throw refusal(outcome.kind)
    }

    reply.hijack()

    const stream = new EventStream(reply.raw, { clock, limits, stalls })

    try {
      for await (const event of outcome.events) {
        await stream.write(render(event))

        if (signal.aborted) {
          break
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        log.error({ err: error }, 'an event stream failed')
        await stream.write('event: error\ndata: "Internal server error"\n\n')
      }
    } finally {
      stream.end()
    }
  })
}

function render (event: ResultEvent): string {
  switch (event.kind) {
    case 'result':
      return `id: ${event.result.seq}\nevent: new_result\ndata: ${asText(renderResult(event.result))}\n\n`
    case 'wait-expired':
      return 'event: wait_expired\ndata: null\n\n'
    case 'task-expired':
      return 'event: wait_expired\ndata: "Task expired"\n\n'
    case 'keep-alive':
      return ': keep-alive\n\n'
    default:
      throw new Error(event satisfies never)
  }
}
