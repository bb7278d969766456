/**
 * For Prometheus: keyless as /v1/health, because a scraper is no app and what it reads
 * holds no key, body, task id or name of an app. Host and Origin are checked as
 * everywhere. Absent when metrics.enabled is false.
 */
import { demand } from '../caller.ts'
import { ANONYMOUS } from '../guards/authentication.ts'
import { text } from '../openapi/responses.ts'
import type { AddRoutes } from '../context.ts'

export const addMetrics: AddRoutes = (server, { access, metrics, polls }) => {
  if (metrics == null) {
    return
  }

  const schema = { operationId: 'metrics', summary: 'Figures about this daemon, in the text format of Prometheus', response: { 200: text('Figures') } }

  metrics.countPolls(() => polls.total)
  server.addHook('onResponse', (request, reply, done) => {
    metrics.request(request.method, request.is404 ? undefined : request.routeOptions.url, reply.statusCode, reply.elapsedTime / 1_000)
    done()
  })

  server.get('/metrics', { schema, config: { open: true } }, async (request, reply) => {
    demand(access, ANONYMOUS, 'health')

    const page = await metrics.render()

    return reply.code(200).header('content-type', page.contentType).send(page.text)
  })
}
