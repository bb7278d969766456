import { domains } from '../core/domains.ts'
import { hmac, part, sameSecret } from './bytes.ts'

/**
 * Proof for /beam/roster/1.0.0 that a peer was once let into the network: it may see
 * the tail of the roster. It says nothing about being a member now.
 *
 * Both peer ids are the ones that Noise proved, so that a proof is of no use on
 * any other connection; the role keeps one side's proof from being sent back as its own.
 */
export interface RosterProofInput {
  networkSecret: Uint8Array
  /** Of the side that proves */
  role: 'dialer' | 'listener'
  /** Peer id of the side that proves */
  prover: string
  /** Peer id of the side that checks */
  checker: string
}

export function rosterProof ({ networkSecret, role, prover, checker }: RosterProofInput): Uint8Array {
  return hmac(networkSecret, domains.syncProof, part(role), part(prover), part(checker))
}

/** In constant time */
export function checkRosterProof (input: RosterProofInput, proof: Uint8Array): boolean {
  return sameSecret(rosterProof(input), proof)
}
