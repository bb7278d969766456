import { UnreachableError } from '../core/errors.ts'
import { status } from './relay/codes.ts'
import { RelayRefusedError } from './relay/errors.ts'

/** What kept a newcomer from the inviter, in words for the person who joins */
export function unreached (addresses: string[], error: Error): UnreachableError {
  const answers = refusals(error)

  // what a relay knows tells more than that other addresses did not answer
  if (answers.some(answer => answer === status.noReservation || answer === status.connectionFailed)) {
    return new UnreachableError('the inviting site is off, or has no connection now: a member that the ticket names was reached, would connect to it, and does not find it. The same command goes on when it is back, and waits for it with --wait', { cause: error })
  }

  if (answers.includes(status.permissionDenied)) {
    return new UnreachableError('a member that the ticket names was reached and does not connect to the inviting site: either too many tried from this address in the last minutes, or the ticket has run out, or was made before the key of the authority was replaced. Try again in some minutes, else ask for a new ticket', { cause: error })
  }

  return new UnreachableError(`the inviting site cannot be reached at ${addresses.join(' or ')}: is it running, and is the address right as seen from here? (${error.message})`, { cause: error })
}

/** Several addresses were dialled, each with an error of its own */
function refusals (error: unknown): number[] {
  if (error instanceof RelayRefusedError) {
    return [error.status]
  }

  return error instanceof AggregateError ? error.errors.flatMap(refusals) : []
}
