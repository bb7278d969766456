import { sendContinue } from '../body.ts'
import type { AppendInit, AppendOutcome, Bodies } from '../../tasks/bodies/index.ts'
import type { FastifyRequest } from 'fastify'

/**
 * What a request brings goes to disk as it comes. The request outlives a refusal: its
 * rest is read and dropped, because a client that is cut while it writes often never
 * sees the answer.
 */
export async function receive (bodies: Bodies, request: FastifyRequest, app: string, id: string, init: AppendInit): Promise<AppendOutcome> {
  sendContinue(request.raw, request.response)

  try {
    return await bodies.append(app, id, init, request.raw.iterator({ destroyOnReturn: false }))
  } finally {
    // who was reading when it was refused still listens, and nothing flows while somebody does
    request.raw.removeAllListeners('readable').resume()
  }
}
