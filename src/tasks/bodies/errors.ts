import { BeamError } from '../../core/errors.ts'

/** Longer than tasks.maxBody allows */
export class BodyTooLargeError extends BeamError {
  constructor (limit: number) {
    super('TOO_LARGE', `the body is larger than the limit of ${limit} bytes (tasks.maxBody in the daemon's configuration)`)
    this.name = 'BodyTooLargeError'
  }
}
