import Type from 'typebox'
import { TaskParams } from '../beam/schemas.ts'
import { admit, taskIdOf } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, empty, json, text } from '../openapi/responses.ts'
import { sendJson } from '../send.ts'
import { instant, Instant } from '../time.ts'
import type { RecipientDelivery } from '../../store/index.ts'
import type { AddRoutes } from '../context.ts'

const Delivery = Type.Object({
  to: Type.String(),
  state: Type.Union(['queued', 'delivered', 'claimed', 'answered', 'expired', 'refused', 'parked', 'cancelling', 'cancelled'].map((state) => Type.Literal(state)), {
    description: 'parked: the site is no member now, the task waits until it is one again or expires; cancelling: cancelled here, the site has not confirmed it yet'
  }),
  since: Instant,
  delivered: Type.Optional(Instant),
  status: Type.Optional(Type.String({ description: 'status of the result' })),
  reason: Type.Optional(Type.String({ description: 'why refused or parked' })),
  mailed: Type.Optional(Type.Array(Type.String(), { description: 'while queued: sites that keep it for the recipient' })),
  note: Type.Optional(Type.String({ description: 'what is known about the site' }))
})

const schema = {
  operationId: 'getDeliveries',
  summary: 'Where my task is, recipient by recipient',
  security: APP_KEY,
  params: TaskParams,
  response: {
    ...COMMON,
    200: json(Type.Array(Delivery), 'One entry for each recipient'),
    400: text('No UUID'),
    403: text('Only the creator may ask'),
    404: empty('Unknown or purged')
  }
}

const NOT_CREATOR = 'Only the app that created a task sees its deliveries.'

export const addDeliveries: AddRoutes = (server, { tasks, access }) => {
  server.get('/v1/tasks/:task_id/deliveries', { schema }, async (request, reply) => {
    const app = admit(access, request, 'task.deliveries')
    const outcome = await tasks.deliveries(app, taskIdOf(request))

    switch (outcome.kind) {
      case 'found':
        return sendJson(reply, 200, JSON.stringify(outcome.deliveries.map(render)))
      case 'not-creator':
        throw new HttpError(403, NOT_CREATOR)
      case 'not-found':
        throw new HttpError(404)
      default:
        throw new Error(outcome satisfies never)
    }
  })
}

function render ({ to, state, since, delivered, status, reason, mailed, note }: RecipientDelivery & { note?: string }): object {
  return { to, state, since: instant(since), delivered: delivered == null ? undefined : instant(delivered), status, reason, mailed, note }
}
