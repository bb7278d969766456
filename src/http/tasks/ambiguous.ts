import { HttpError } from '../errors.ts'

/** Task ids are chosen by apps: two creators may choose alike, and then the id alone says nothing */
export function ambiguous (creators: string[]): HttpError {
  return new HttpError(409, `several creators used this task id: ${creators.join(', ')}`)
}
