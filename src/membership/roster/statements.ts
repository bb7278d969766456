import { owned } from '../bytes.ts'
import { Admit, Genesis, Revoke } from '../pb/membership.ts'
import { KIND } from './kinds.ts'
import type { EntryFacts } from './entry.ts'
import type { RosterHead } from '../index.ts'

/**
 * The entries that this version writes. Genesis, admission and revocation are
 * critical: a reader that does not know one of them knows nothing about members.
 */

export function genesisEntry (body: { network: string, authority: Uint8Array, recovery: Uint8Array, nonce: Uint8Array }, at: number): EntryFacts {
  const encoded = Genesis.encode({ network: body.network, authority: owned(body.authority), recovery: owned(body.recovery), nonce: owned(body.nonce) })

  return { seq: 0, prev: new Uint8Array(), at, kind: KIND.genesis, critical: true, body: encoded }
}

export interface Admission {
  site: string
  signingKey: Uint8Array
  organization: string
  capabilities: string[]
  notBefore: number
  notAfter: number
}

export function admitEntry (head: RosterHead, admission: Admission, at: number): EntryFacts {
  return next(head, KIND.admit, Admit.encode({ ...admission, signingKey: owned(admission.signingKey) }), at)
}

export function revokeEntry (head: RosterHead, body: { site: string, reason: string }, at: number): EntryFacts {
  return next(head, KIND.revoke, Revoke.encode(body), at)
}

function next (head: RosterHead, kind: number, body: Uint8Array, at: number): EntryFacts {
  return { seq: head.seq + 1, prev: head.hash, at, kind, critical: true, body }
}
