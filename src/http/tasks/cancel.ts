import { TaskParams } from '../beam/schemas.ts'
import { admit, taskIdOf } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, empty, text } from '../openapi/responses.ts'
import type { AddRoutes } from '../context.ts'

const schema = {
  operationId: 'cancelTask',
  summary: 'Take my task back: its recipients do not see it any more, and answers to it have no effect',
  security: APP_KEY,
  params: TaskParams,
  response: {
    ...COMMON,
    204: empty('Cancelled, now or before; on disk. Sites that are off are told when they are back'),
    400: text('No UUID'),
    403: text('Only the creator may cancel'),
    404: empty('Unknown, purged, or somebody else\'s'),
    410: text('It expired before it was cancelled')
  }
}

const NOT_CREATOR = 'Only the app that created a task may cancel it.'
const EXPIRED = 'The task has expired: there is nothing to cancel.'

export const addCancelTask: AddRoutes = (server, { tasks, access }) => {
  server.delete('/v1/tasks/:task_id', { schema }, async (request, reply) => {
    const app = admit(access, request, 'task.cancel')
    const outcome = await tasks.cancel(app, taskIdOf(request))

    switch (outcome.kind) {
      case 'cancelled':
      case 'already':
        return reply.code(204).send()
      case 'not-creator':
        throw new HttpError(403, NOT_CREATOR)
      case 'not-found':
        throw new HttpError(404)
      case 'expired':
        throw new HttpError(410, EXPIRED)
      default:
        throw new Error(outcome satisfies never)
    }
  })
}
