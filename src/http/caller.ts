import { quote } from '../core/ids.ts'
import { parseUuid } from '../core/uuid.ts'
import { INVALID_URL } from './beam/texts.ts'
import { HttpError } from './errors.ts'
import type { Access, Operation, Principal, Resource } from '../access/index.ts'
import type { AppId } from '../core/ids.ts'
import type { FastifyRequest } from 'fastify'

/**
 * The app that asks, after `authorize` said yes.
 *
 * @throws {HttpError} 403 with the reason
 */
export function admit (access: Access, request: FastifyRequest, operation: Operation, resource?: Resource): AppId {
  demand(access, request.principal, operation, resource)

  if (request.principal.kind !== 'app') {
    throw new HttpError(403, 'only apps use this route')
  }

  return request.principal.id
}

/** @throws {HttpError} 403 with the reason */
export function demand (access: Access, principal: Principal, operation: Operation, resource?: Resource): void {
  const decision = access.authorize(principal, operation, resource)

  if (!decision.allowed) {
    throw new HttpError(403, decision.reason)
  }
}

/** @throws {HttpError} 400 with Beam's text */
export function taskIdOf (request: FastifyRequest): string {
  const { task_id: text } = request.params as { task_id: string }
  const id = parseUuid(text)

  if (id == null) {
    throw new HttpError(400, `${INVALID_URL}the task id must be a UUID, not ${quote(text)}`)
  }

  return id
}
