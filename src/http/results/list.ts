import Type from 'typebox'
import { renderResult } from '../beam/render.ts'
import { PageQuery, Result, Status, TaskParams, WaitQuery } from '../beam/schemas.ts'
import { admit, taskIdOf } from '../caller.ts'
import { APP_KEY, COMMON, empty, events, json, text } from '../openapi/responses.ts'
import { choice, LINK, linkNext, parseBodies, parsePage, wantsPage } from '../paging.ts'
import { parseWait, queryOf } from '../query.ts'
import { sendItems } from '../send.ts'
import { refusal } from './refusal.ts'
import { lastEventId, streamResults, wantsEvents } from './stream.ts'
import type { AddRoutes } from '../context.ts'

const schema = {
  operationId: 'getResults',
  summary: 'Results of my task; as an event stream with Accept: text/event-stream',
  security: APP_KEY,
  params: TaskParams,
  headers: Type.Object({ 'Last-Event-ID': Type.Optional(Type.String({ description: 'go on after this event of the stream' })) }),
  querystring: Type.Object({ ...WaitQuery, ...PageQuery, state: Type.Optional(Status) }),
  response: {
    ...COMMON,
    200: { ...events('Results there are, claimed ones included; or a page', Type.Array(Result)), headers: LINK },
    206: json(Type.Array(Result), 'Fewer than wait_count'),
    400: text('No UUID, or a wrong parameter'),
    403: empty('Only the creator may ask'),
    404: empty('Unknown or purged'),
    410: empty('Purged while this call waited')
  }
}

export const addListResults: AddRoutes = (server, context) => {
  const { tasks, access, polls, config, stalls } = context

  server.get('/v1/tasks/:task_id/results', { schema }, async (request, reply) => {
    const app = admit(access, request, 'result.list')
    const id = taskIdOf(request)
    const query = queryOf(request)
    const asked = parseWait(query, config.api.maxWait)

    // of a stream, HEAD can say only whether it would begin
    if (wantsEvents(request.headers.accept) && request.method === 'GET') {
      return streamResults(context, reply, { app, id, asked, after: lastEventId(request.headers['last-event-id']) })
    }

    if (wantsPage(query)) {
      const page = await tasks.pageResults(app, id, { ...parsePage(query), room: polls.answers.of(reply.raw), status: choice(query, 'state', ['claimed', 'succeeded', 'tempfailed', 'permfailed']) })

      if (page.kind !== 'found') {
        throw refusal(page.kind)
      }

      linkNext(request, reply, query, page.next)

      return sendItems(reply, 200, page.items, renderResult, stalls)
    }

    const bodies = parseBodies(query)
    const outcome = await polls.run(app, asked, reply.raw, async (wait) => tasks.results(app, id, wait, bodies))

    if (outcome.kind !== 'found') {
      throw refusal(outcome.kind)
    }

    const { results } = outcome

    return sendItems(reply, results.length >= (asked.count ?? 0) ? 200 : 206, results, renderResult, stalls)
  })
}
