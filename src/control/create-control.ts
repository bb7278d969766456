import { chmod, rm } from 'node:fs/promises'
import { fastify } from 'fastify'
import { BeamError, RefusedError } from '../core/errors.ts'
import { ROUTES } from './routes.ts'
import { prepareSocketPath } from './socket-path.ts'
import type { Operator } from './index.ts'
import type { Access } from '../access/index.ts'
import type { Layout } from '../config/layout.ts'
import type { Log } from '../core/log.ts'
import type { FastifyError } from 'fastify'

/** Longest request in bytes. @default 64 KiB */
const BODY_LIMIT = 65_536

export interface ControlComponents {
  files: Layout
  operator: Operator
  access: Access
  log: Log
}

export interface Control {
  listen(): Promise<{ path: string }>
  close(): Promise<void>
}

/**
 * The operator's door: HTTP over a unix socket that only the daemon's user can
 * open, never TCP. The caller holds the lock, so a socket that is there already was
 * left by a process that died.
 */
export function createControl ({ files, operator, access, log }: ControlComponents): Control {
  const server = fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } }
  })

  server.addHook('onRequest', async () => {
    const decision = access.authorize({ kind: 'operator' }, 'operate')

    if (!decision.allowed) {
      throw new RefusedError(decision.reason ?? 'operators may do nothing here')
    }
  })

  for (const [name, schema] of Object.entries(ROUTES)) {
    server.post(`/${name}`, { schema: { body: schema } }, async (request) => {
      return operator[name as keyof Operator](request.body as any)
    })
  }

  server.setNotFoundHandler((request, reply) => {
    void reply.code(404).send({ error: { code: 'NOT_FOUND', message: `this daemon knows no operation ${request.url}: is the command of another version?` } })
  })

  server.setErrorHandler((err: FastifyError | BeamError, request, reply) => {
    if ('validation' in err && err.validation != null) {
      void reply.code(400).send({ error: { code: 'INVALID_INPUT', message: err.message.replace(/^body\/?/, '') } })
    } else if (err instanceof BeamError) {
      void reply.code(409).send({ error: { code: err.code, message: err.message } })
    } else {
      log.error({ err, operation: request.url }, 'an operation of the control socket failed')
      void reply.code(500).send({ error: { code: 'INTERNAL', message: err.message } })
    }
  })

  return {
    listen: async () => {
      const path = await prepareSocketPath(files)
      await rm(path, { force: true })
      await server.listen({ path })
      await chmod(path, 0o600)

      return { path }
    },
    close: async () => {
      await server.close()
    }
  }
}
