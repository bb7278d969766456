import { InvalidInputError } from '../../core/errors.ts'
import { HttpError } from '../errors.ts'
import { INVALID_BODY } from './texts.ts'

/** What a capability finds wrong with a body reads like what the schema finds */
export async function refuseInvalid<T> (call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw invalidBody(error)
  }
}

export function invalidBody (error: unknown): unknown {
  return error instanceof InvalidInputError ? new HttpError(400, `${INVALID_BODY}\n${error.message}`) : error
}
