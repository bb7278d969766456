import { EnrollAnswer } from '../../protocols/enroll/pb/enroll.ts'

/**
 * Why an enrolment was refused: the number is wire format, the sentence is shown to
 * the person who joins.
 */
export const ENROLL_REFUSALS = {
  malformed: [1, 'the request is malformed'],
  version: [2, 'this beam-node speaks another version of enrolment: use the same version on both sides'],
  'other-network': [3, 'the ticket is of another network than the one this site belongs to'],
  unknown: [4, 'this ticket is not known to the site that it names: was that site founded anew? Ask for a new ticket'],
  wrong: [5, 'the ticket is wrong: its secret does not fit'],
  used: [6, 'this ticket was used before: ask for a new one'],
  expired: [7, 'this ticket is expired: ask for a new one'],
  cancelled: [8, 'this ticket was cancelled: ask for a new one'],
  taken: [9, 'a member has this site name already: ask for a ticket with another name'],
  record: [10, 'the keys of the request do not fit together'],
  limited: [11, 'too many wrong tickets: wait a minute and try again'],
  'not-authority': [12, 'this site admits nobody: tickets are redeemed by the site that made them'],
  unavailable: [13, 'this site cannot admit anyone now: try again later'],
  frozen: [14, 'the roster is frozen: its authority key was used twice for one place; recover the network first'],
  revoked: [15, 'the site that used this ticket was revoked since'],
  organization: [16, 'the ticket is for another organization'],
  waiting: [17, 'an operator of the inviting site has to agree first'],
  refused: [18, 'an operator of the inviting site refused: ask there for a new ticket']
} as const satisfies Record<string, readonly [number, string]>

export type EnrollRefusal = keyof typeof ENROLL_REFUSALS

/** One encoded answer; without a MAC, because no common secret is known here */
export function enrollRefusal (refusal: EnrollRefusal): Uint8Array {
  const [code, reason] = ENROLL_REFUSALS[refusal]

  return EnrollAnswer.encode({ code, reason })
}
