import type { Bodies } from '../../tasks/bodies/index.ts'
import type { HttpContext } from '../context.ts'
import type { FastifyInstance } from 'fastify'

export interface BodiesContext extends HttpContext {
  bodies: Bodies
}

export type AddBodyRoute = (server: FastifyInstance, context: BodiesContext) => void
