/**
 * What stands between the socket and the handlers, in this order: Host and Origin
 * (outer.ts, before routing), unknown paths and methods, the app's key. Only then a
 * body is read.
 */
import { createAuthentication } from './authentication.ts'
import { createUnknownRoute } from './unknown-route.ts'
import type { Apps } from '../../access/index.ts'
import type { Connections } from '../connections.ts'
import type { FastifyInstance } from 'fastify'

export function addGuards (server: FastifyInstance, apps: Pick<Apps, 'authenticate'>, connections: Pick<Connections, 'proven'>): void {
  const authenticate = createAuthentication(apps, connections)
  const unknownRoute = createUnknownRoute(server)

  server.addHook('onRequest', (request, reply, done) => {
    if (unknownRoute(request, reply)) {
      return
    }

    // never looked at: curl's -d says form-urlencoded
    request.raw.headers['content-type'] = undefined

    authenticate(request, reply).then((passed) => {
      if (passed) {
        done()
      }
    }, done)
  })
}
