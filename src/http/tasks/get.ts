import Type from 'typebox'
import { renderTask } from '../beam/render.ts'
import { Task, TaskParams, WaitQuery } from '../beam/schemas.ts'
import { TASK_CANCELLED } from '../beam/texts.ts'
import { admit, taskIdOf } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, empty, json, text } from '../openapi/responses.ts'
import { parseWait, queryOf } from '../query.ts'
import { sendItem } from '../send.ts'
import { ambiguous } from './ambiguous.ts'
import type { AddRoutes } from '../context.ts'

const schema = {
  operationId: 'getTask',
  summary: 'One task that I created or am a recipient of',
  security: APP_KEY,
  params: TaskParams,
  querystring: Type.Object(WaitQuery),
  response: {
    ...COMMON,
    200: json(Task, 'The task'),
    400: text('wait_count other than 1, no UUID, or a wrong parameter'),
    404: empty('Unknown, expired, or somebody else\'s'),
    410: text('Its creator cancelled it'),
    409: text('Several creators used this id: they are named')
  }
}

export const addGetTask: AddRoutes = (server, { tasks, access, polls, config, stalls }) => {
  server.get('/v1/tasks/:task_id', { schema }, async (request, reply) => {
    const app = admit(access, request, 'task.read')
    const id = taskIdOf(request)
    const asked = parseWait(queryOf(request), config.api.maxWait)

    if ((asked.count ?? 1) !== 1) {
      throw new HttpError(400)
    }

    // Beam waits up to an hour when it is not told to; here only when it is
    const waiting = asked.count == null && asked.time == null ? asked : { ...asked, count: 1 }
    const outcome = await polls.run(app, waiting, reply.raw, async (wait) => tasks.get(app, id, wait))

    switch (outcome.kind) {
      case 'found':
        return sendItem(reply, 200, renderTask(outcome.task), stalls)
      case 'ambiguous':
        throw ambiguous(outcome.creators)
      case 'cancelled':
        throw new HttpError(410, TASK_CANCELLED)
      case 'not-found':
        throw new HttpError(404)
      default:
        throw new Error(outcome satisfies never)
    }
  })
}
