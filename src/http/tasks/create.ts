import { refuseInvalid } from '../beam/invalid-body.ts'
import { limited, SiteList, TaskBody } from '../beam/schemas.ts'
import { WRONG_SENDER } from '../beam/texts.ts'
import { admit } from '../caller.ts'
import { HttpError, sendText } from '../errors.ts'
import { APP_KEY, COMMON, empty, json, text } from '../openapi/responses.ts'
import { sendJson } from '../send.ts'
import type { AddRoutes } from '../context.ts'

export const addCreateTask: AddRoutes = (server, { tasks, access, parser, config }) => {
  const schema = {
    operationId: 'createTask',
    summary: 'Post a task for apps of any site of the network',
    security: APP_KEY,
    body: limited(TaskBody, config.tasks.maxRecipients),
    response: {
      ...COMMON,
      201: empty('Stored on disk; Location names it'),
      400: text('"Invalid body", then the field and the rule'),
      401: text('No valid key, or `from` is another app'),
      409: empty('An unexpired task has this id; Location names it'),
      413: text('The body is larger than the limit'),
      424: json(SiteList, 'Sites in `to` that are not valid members now; nothing was created')
    }
  }

  server.post('/v1/tasks', { schema }, async (request, reply) => {
    const task = parser.task(request.body as Buffer | undefined)

    if (request.principal.kind !== 'app' || task.from !== request.principal.id) {
      throw new HttpError(401, WRONG_SENDER)
    }

    admit(access, request, 'task.create', { owner: task.from, from: task.from, recipients: task.to })

    const outcome = await refuseInvalid(tasks.create(task))

    switch (outcome.kind) {
      case 'created':
        return reply.code(201).header('location', `/v1/tasks/${task.id}`).send()
      case 'exists':
        return reply.code(409).header('location', `/v1/tasks/${task.id}`).send()
      case 'not-members':
        return sendJson(reply, 424, JSON.stringify(outcome.sites))
      default:
        return sendText(reply, 500, outcome satisfies never)
    }
  })
}
