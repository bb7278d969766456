import Type from 'typebox'
import { admit } from '../caller.ts'
import { HttpError } from '../errors.ts'
import { APP_KEY, COMMON, json, text } from '../openapi/responses.ts'
import { queryOf, single } from '../query.ts'
import { sendJson } from '../send.ts'
import { instant } from '../time.ts'
import { Capability, FoundWorkers } from './schemas.ts'
import type { AddRoutes } from '../context.ts'

/** ms after which a search answers with what was found */
export const FIND_TIMEOUT = 10_000

const schema = {
  operationId: 'findWorkers',
  summary: 'Who has this capability now: found through the DHT, confirmed by each site itself',
  security: APP_KEY,
  querystring: Type.Object({ capability: Capability }),
  response: { ...COMMON, 200: json(FoundWorkers, 'Workers of the sites that answered'), 400: text('capability is missing or no name') }
}

export const addFind: AddRoutes = (server, { workers, access, polls, validator }) => {
  const check = validator.compile(Capability, 'capability')

  server.get('/v1/workers', { schema }, async (request, reply) => {
    const app = admit(access, request, 'worker.find')
    const capability = single(queryOf(request), 'capability', '')

    if (capability == null) {
      throw new HttpError(400, 'capability is missing: GET /v1/workers?capability=<name>')
    }

    check(capability)

    const { workers: found, confirmed } = await polls.hold(app, reply.raw, async (gone) => {
      return workers.find(capability, AbortSignal.any([gone, AbortSignal.timeout(FIND_TIMEOUT)]))
    })

    return sendJson(reply, 200, JSON.stringify({
      workers: found.map((worker) => ({ ...worker, until: instant(worker.until) })),
      confirmed
    }))
  })
}
