import Type from 'typebox'
import { parseId, quote } from '../../core/ids.ts'
import { refuseInvalid } from '../beam/invalid-body.ts'
import { AppIdText, limited, ResultBody, SiteList, Uuid } from '../beam/schemas.ts'
import { APP_MISMATCH, INVALID_URL, NOT_RECIPIENT, TASK_CANCELLED, TASK_MISMATCH, TASK_UNKNOWN, WRONG_SENDER } from '../beam/texts.ts'
import { admit, taskIdOf } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, empty, json, text } from '../openapi/responses.ts'
import { sendJson } from '../send.ts'
import { ambiguous } from '../tasks/ambiguous.ts'
import { leaseRefusal, parseLease, tellLease } from './lease.ts'
import type { SiteId } from '../../core/ids.ts'
import type { NewResult } from '../../tasks/index.ts'
import type { AddRoutes, HttpContext } from '../context.ts'
import type { FastifyRequest } from 'fastify'

const LEASE_HEADERS = {
  'Beam-Lease-Token': Type.String({ description: 'of a claim with lease: a number that rises with each lease of the task' }),
  'Beam-Lease-Until': Type.String({ format: 'date-time', description: 'when the lease ends' })
}

export const addPutResult: AddRoutes = (server, { tasks, access, parser, config, membership, clock }) => {
  const schema = {
    operationId: 'putResult',
    summary: 'Answer a task, or say again how it stands',
    security: APP_KEY,
    params: Type.Object({ task_id: Uuid, app_id: AppIdText }),
    querystring: Type.Object({
      lease: Type.Optional(Type.String({ description: 'with status "claimed": hold the task for so long, 1s to 24h; without a unit, seconds. If neither an answer nor a renewal comes in time, the task is offered again' }))
    }),
    headers: Type.Object({
      'Beam-Lease-Token': Type.Optional(Type.String({ description: 'the token of the lease under which this is said: needed once the task was claimed with lease' }))
    }),
    body: limited(ResultBody, config.tasks.maxRecipients),
    response: {
      ...COMMON,
      201: { ...empty('First result of this app, or a claim after success, which has no effect'), headers: LEASE_HEADERS },
      204: { ...empty('Updated; or the lease renewed'), headers: LEASE_HEADERS },
      400: text('"Invalid body", then the field and the rule; or path and body differ'),
      401: text('No valid key, or `from` is another app'),
      403: text('This app is no recipient of the task'),
      404: text('No such task'),
      409: text('Several creators used this id and `to` does not decide: they are named; or the task is leased: Retry-After says until when, or the text says that the token is missing or its lease lost'),
      410: text('Its creator cancelled the task'),
      413: text('The body is larger than the limit'),
      424: json(SiteList, 'Sites in `to` that are not valid members now; nothing was stored')
    }
  }

  server.put('/v1/tasks/:task_id/results/:app_id', { schema }, async (request, reply) => {
    const result = parser.result(request.body as Buffer | undefined)

    if (request.principal.kind !== 'app' || result.from !== request.principal.id) {
      throw new HttpError(401, WRONG_SENDER)
    }

    admit(access, request, 'result.put', { from: result.from })

    const mismatch = pathMismatch(request, result, membership.roster.network)

    if (mismatch != null) {
      const sites = strangers(result, membership)

      // Beam looks at the recipients first
      return sites.length === 0 ? refuse(mismatch) : sendJson(reply, 424, JSON.stringify(sites))
    }

    const outcome = await refuseInvalid(tasks.answer({ ...result, ...parseLease(request, result.status) }))

    switch (outcome.kind) {
      case 'created':
      case 'ignored':
        tellLease(reply, outcome)
        return reply.code(201).send()
      case 'updated':
        tellLease(reply, outcome)
        return reply.code(204).send()
      case 'not-members':
        return sendJson(reply, 424, JSON.stringify(outcome.sites))
      case 'unknown-task':
        throw new HttpError(404, TASK_UNKNOWN)
      case 'not-recipient':
        throw new HttpError(403, NOT_RECIPIENT)
      case 'ambiguous':
        throw ambiguous(outcome.creators)
      case 'cancelled':
        throw new HttpError(410, TASK_CANCELLED)
      case 'leased':
      case 'token-needed':
      case 'lease-lost':
      case 'answered':
        throw leaseRefusal(reply, outcome, clock.now())
      default:
        throw new Error(outcome satisfies never)
    }
  })
}

function refuse (text: string): never {
  throw new HttpError(400, text)
}

/** Beam's text when the path says something else than the body */
function pathMismatch (request: FastifyRequest, result: NewResult, network: string): string | undefined {
  const { app_id: app } = request.params as { app_id: string }

  if (parseId(app, network) == null) {
    return `${INVALID_URL}the app id must be of this network, "app.site.${network}", not ${quote(app)}`
  }

  if (taskIdOf(request) !== result.taskId) {
    return TASK_MISMATCH
  }

  return app === result.from ? undefined : APP_MISMATCH
}

function strangers (result: NewResult, { roster, self }: HttpContext['membership']): SiteId[] {
  return result.to
    .map((id) => parseId(id, roster.network)?.siteId ?? id)
    .filter((site) => site !== self && roster.standing(site) !== 'member')
}
