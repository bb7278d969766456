import Type from 'typebox'
import { renderTask } from '../beam/render.ts'
import { AnyId, Task, WaitQuery } from '../beam/schemas.ts'
import { NO_DIRECTION, NOT_YOURS } from '../beam/texts.ts'
import { admit } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, json, text } from '../openapi/responses.ts'
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
    ...WaitQuery
  }),
  response: {
    ...COMMON,
    200: json(Type.Array(Task), 'All that match'),
    206: json(Type.Array(Task), 'Fewer than wait_count'),
    400: text('A query parameter is wrong'),
    403: text('`from` and `to` must be the app itself')
  }
}

export const addListTasks: AddRoutes = (server, { tasks, access, polls, config, membership, limits }) => {
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
    const found = await polls.run(app, asked, reply.raw, async (wait) => tasks.list(app, { todo, as }, wait))

    return sendItems(reply, found.length >= (asked.count ?? 0) ? 200 : 206, found, renderTask, limits.stall)
  })
}

function roleOf (from: string | undefined, to: string | undefined): ListFilter['as'] {
  if (from != null && to != null) {
    return undefined
  }

  return from == null ? 'recipient' : 'creator'
}
