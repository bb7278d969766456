import { UnreachableError } from '../../core/errors.ts'
import type { Reason } from './index.ts'

/** A connection could not leave; the message says what it was and what to do */
export class OutboundError extends UnreachableError {
  readonly reason: Reason

  constructor (reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OutboundError'
    this.reason = reason
  }
}
