/** The document that describes this API, made from the schemas of its routes */
import swagger from '@fastify/swagger'
import { version } from '../../version.ts'
import { demand } from '../caller.ts'
import { ANONYMOUS } from '../guards/authentication.ts'
import { sendJson } from '../send.ts'
import type { AddRoutes } from '../context.ts'
import type { FastifyInstance } from 'fastify'

/** Before the routes: it watches them being added */
export async function collectSchemas (server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'beam-node',
        version: version(),
        description: 'Tasks and results between the sites of a federation; the native dialect is Samply.Beam v1.',
        license: { name: 'Apache-2.0 OR MIT', identifier: 'Apache-2.0 OR MIT' }
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          appKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'ApiKey <app id> <key>' }
        }
      }
    }
  })
}

/** After the routes */
export const addOpenapi: AddRoutes = (server, { access }) => {
  let document: string | undefined

  server.get('/openapi.json', { schema: { hide: true }, config: { open: true } }, async (request, reply) => {
    demand(access, ANONYMOUS, 'openapi')
    document ??= JSON.stringify(server.swagger())

    return sendJson(reply, 200, document)
  })
}
