/**
 * The conditions that callers tell apart. `code` is stable and is what the HTTP
 * API, the control socket and the CLI map to their own numbers; `message` is one
 * sentence a person can act on.
 */
export class BeamError extends Error {
  readonly code: string

  constructor (code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BeamError'
    this.code = code
  }
}

/** A value from outside breaks a rule; nothing was changed. `field` names it. */
export class InvalidInputError extends BeamError {
  readonly field: string

  constructor (field: string, rule: string) {
    super('INVALID_INPUT', `${field} ${rule}`)
    this.name = 'InvalidInputError'
    this.field = field
  }
}

/** Policy or membership says no */
export class RefusedError extends BeamError {
  constructor (message: string) {
    super('REFUSED', message)
    this.name = 'RefusedError'
  }
}

/** The other site cannot be reached now */
export class UnreachableError extends BeamError {
  constructor (message: string, options?: ErrorOptions) {
    super('UNREACHABLE', message, options)
    this.name = 'UnreachableError'
  }
}

/** What was named does not exist */
export class NotFoundError extends BeamError {
  constructor (message: string) {
    super('NOT_FOUND', message)
    this.name = 'NotFoundError'
  }
}

/** What was asked for exists already or is in the way */
export class ConflictError extends BeamError {
  constructor (message: string) {
    super('CONFLICT', message)
    this.name = 'ConflictError'
  }
}

/** The daemon does not accept work now: draining, no space, clock set back */
export class UnavailableError extends BeamError {
  constructor (message: string) {
    super('UNAVAILABLE', message)
    this.name = 'UnavailableError'
  }
}

/** A limit of the documented table was met; `retryAfter` in seconds */
export class LimitError extends BeamError {
  readonly retryAfter: number

  constructor (message: string, retryAfter: number = 1) {
    super('LIMIT', message)
    this.name = 'LimitError'
    this.retryAfter = retryAfter
  }
}
