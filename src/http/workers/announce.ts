import { parseDuration } from '../../core/durations.ts'
import { InvalidInputError } from '../../core/errors.ts'
import { quote } from '../../core/ids.ts'
import { parseJson } from '../../core/json.ts'
import { admit } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, empty, json, text } from '../openapi/responses.ts'
import { sendJson } from '../send.ts'
import { instant } from '../time.ts'
import { Announcement, DEFAULT_LEASE, MAX_LEASE, MIN_LEASE, Worker } from './schemas.ts'
import type { AddRoutes } from '../context.ts'
import type { Static } from 'typebox'

const path = '/v1/workers/me'

export const addAnnounce: AddRoutes = (server, { workers, access, validator }) => {
  const check = validator.compile(Announcement, 'request body')

  const put = {
    operationId: 'announceWorker',
    summary: 'Announce what I can do, until the lease ends; again to renew',
    security: APP_KEY,
    body: Announcement,
    response: { ...COMMON, 200: json(Worker, 'Announced'), 400: text('Field and rule'), 403: text('The admission of this site does not allow the capability') }
  }

  server.put(path, { schema: put }, async (request, reply) => {
    const app = admit(access, request, 'worker.announce')
    const { value } = parseJson(request.body as Buffer | undefined ?? Buffer.alloc(0), 'request body')

    check(value)

    const { capabilities, lease } = value as Static<typeof Announcement>
    const names = [...new Set(capabilities)]
    const { until } = await workers.announce(app, names, leaseOf(lease))

    return sendJson(reply, 200, render({ app, capabilities: names, until }))
  })

  const get = {
    operationId: 'getMyWorker',
    summary: 'What I have announced',
    security: APP_KEY,
    response: { ...COMMON, 200: json(Worker, 'Announced and not over'), 404: empty('Nothing announced') }
  }

  server.get(path, { schema: get }, async (request, reply) => {
    const app = admit(access, request, 'worker.find')
    const mine = (await workers.local()).filter((worker) => worker.app === app)

    if (mine.length === 0) {
      throw new HttpError(404)
    }

    // one from a lease, one perhaps from the configuration
    return sendJson(reply, 200, render({
      app,
      capabilities: [...new Set(mine.flatMap(({ capabilities }) => capabilities))],
      until: Math.max(...mine.map(({ until }) => until))
    }))
  })

  const remove = {
    operationId: 'withdrawWorker',
    summary: 'Take it back before the lease ends',
    security: APP_KEY,
    response: { ...COMMON, 204: empty('Withdrawn'), 404: empty('Nothing announced') }
  }

  server.delete(path, { schema: remove }, async (request, reply) => {
    const app = admit(access, request, 'worker.announce')

    return reply.code(await workers.withdraw(app) ? 204 : 404).send()
  })
}

function leaseOf (lease: string | undefined): number {
  const ms = lease == null ? DEFAULT_LEASE : parseDuration(lease, 's') ?? 0

  if (ms < MIN_LEASE) {
    throw new InvalidInputError('lease', `cannot be less than ${MIN_LEASE / 1_000} s, not ${quote(lease ?? '')}`)
  }

  return Math.min(Math.floor(ms), MAX_LEASE)
}

function render ({ app, capabilities, until }: { app: string, capabilities: string[], until: number }): string {
  return JSON.stringify({ app, capabilities, until: instant(until) })
}
