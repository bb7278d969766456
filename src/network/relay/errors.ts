import { BeamError } from '../../core/errors.ts'
import { status, statusName } from './codes.ts'

/** A relay answered, and its answer is no */
export class RelayRefusedError extends BeamError {
  readonly status: number

  constructor (code: number | undefined) {
    super('RELAY_REFUSED', `the relay refused: ${statusName(code)}`)
    this.name = 'RelayRefusedError'
    this.status = code ?? 0
  }

  /** Whoever was asked for holds a reservation there, and yet no circuit came about */
  get reserved (): boolean {
    return this.status === status.connectionFailed || this.status === status.resourceLimitExceeded
  }

  /** It has no room now: another one may have */
  get full (): boolean {
    return this.status === status.reservationRefused || this.status === status.resourceLimitExceeded
  }
}
