import { domains } from '../../core/domains.ts'
import { hmac, part, uint32 } from '../bytes.ts'
import type { EnrollAnswer } from '../../protocols/enroll/pb/enroll.ts'
import type { Owned } from '../bytes.ts'

export interface RequestMacInput {
  /** Of the ticket; never crosses the network */
  secret: Uint8Array
  genesis: Uint8Array
  /** Peer ids as Noise proved them */
  joiner: string
  inviter: string
  ticket: Uint8Array
  record: Uint8Array
  signingKey: Uint8Array
  organization: string
}

/** The joiner has the ticket, and means these keys and this connection */
export function requestMac ({ secret, genesis, joiner, inviter, ticket, record, signingKey, organization }: RequestMacInput): Owned {
  return hmac(secret, domains.enrollRequest, part(genesis), part(joiner), part(inviter), part(ticket), part(record), part(signingKey), part(organization))
}

/** The inviter has the ticket too, and means all of this answer */
export function answerMac (secret: Uint8Array, mac: Uint8Array, index: number, answer: Pick<EnrollAnswer, 'code' | 'reason' | 'networkSecret' | 'entries' | 'records' | 'more'>): Owned {
  return hmac(secret, domains.enrollAnswer, part(mac), uint32(index),
    uint32(answer.code), part(answer.reason), part(answer.networkSecret),
    uint32(answer.entries.length), ...answer.entries.map(part),
    uint32(answer.records.length), ...answer.records.map(part),
    uint32(answer.more ? 1 : 0))
}
