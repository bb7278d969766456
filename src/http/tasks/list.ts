import Type from 'typebox'
import { renderTask } from '../beam/render.ts'
import { AnyId, PageQuery, Task, WaitQuery } from '../beam/schemas.ts'
import { NO_DIRECTION, NOT_YOURS } from '../beam/texts.ts'
import { admit } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, json, text } from '../openapi/responses.ts'
import { choice, LINK, linkNext, parseBodies, parsePage, wantsPage } from '../paging.ts'
import { parseFilter, parseWait, queryOf } from '../query.ts'
import { sendItems } from '../send.ts'
import type { ListFilter } from '../../tasks/index.ts'
import type { AddRoutes } from '../context.ts'

const schema = {
  operationId: 'listTasks',
  summary: 'Tasks from or to me, in order of arrival',
  security: APP_KEY,
  querystring: Type.Object({
    from: Type.Optional(AnyId),
    to: Type.Optional(AnyId),
    filter: Type.Optional(Type.Literal('todo', { description: 'only what I have still to answer' })),
    ...WaitQuery,
    ...PageQuery,
    state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('claimed'), Type.Literal('answered')], { description: 'only tasks of this state: to a recipient what it did itself, to the creator what all recipients did' }))
  }),
  response: {
    ...COMMON,
    200: { ...json(Type.Array(Task), 'All that match; or a page'), headers: LINK },
    206: json(Type.Array(Task), 'Fewer than wait_count'),
    400: text('A query parameter is wrong'),
    403: text('`from` and `to` must be the app itself')
  }
}

export const addListTasks: AddRoutes = (server, { tasks, access, polls, config, membership, stalls }) => {
  const { network } = membership.roster

  server.get('/v1/tasks', { schema }, async (request, reply) => {
    const app = admit(access, request, 'task.list')
    const query = queryOf(request)
    const asked = parseWait(query, config.api.maxWait)
    const { from, to, todo } = parseFilter(query, network)
    const addressed = to ?? (todo ? app : undefined)

    if (from == null && addressed == null) {
      throw new HttpError(400, NO_DIRECTION)
    }

    if ((from ?? app) !== app || (addressed ?? app) !== app) {
      throw new HttpError(403, NOT_YOURS)
    }

    // both: from OR to, as in Beam
    const as = roleOf(from, addressed)

    if (wantsPage(query)) {
      const state = choice(query, 'state', ['open', 'claimed', 'answered']) ?? (todo ? 'open' : undefined)
      const { items, next } = await tasks.pageTasks(app, { ...parsePage(query), room: polls.answers.of(reply.raw), as: todo ? 'recipient' : as, state })
      linkNext(request, reply, query, next)

      return sendItems(reply, 200, items, renderTask, stalls)
    }

    const bodies = parseBodies(query)
    const found = await polls.run(app, asked, reply.raw, async (wait) => tasks.list(app, { todo, as, bodies }, wait))

    return sendItems(reply, found.length >= (asked.count ?? 0) ? 200 : 206, found, renderTask, stalls)
  })
}

function roleOf (from: string | undefined, to: string | undefined): ListFilter['as'] {
  if (from != null && to != null) {
    return undefined
  }

  return from == null ? 'recipient' : 'creator'
}
