import type { BeamParser } from './beam/parse.ts'
import type { Validator } from './beam/validate.ts'
import type { ApiComponents, HttpLimits } from './index.ts'
import type { Polls } from './polls.ts'
import type { Stalls } from './stalls.ts'
import type { FastifyInstance } from 'fastify'

/** What the handlers share */
export interface HttpContext extends Omit<ApiComponents, 'limits'> {
  limits: HttpLimits
  parser: BeamParser
  validator: Validator
  polls: Polls
  stalls: Stalls
}

/** Each resource adds its routes */
export type AddRoutes = (server: FastifyInstance, context: HttpContext) => void
