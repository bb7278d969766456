import { HttpError } from '../errors.ts'

const STATUS = { 'not-found': 404, 'not-creator': 403, gone: 410 }

/** Without bodies, as in Beam */
export function refusal (kind: keyof typeof STATUS): HttpError {
  return new HttpError(STATUS[kind])
}
