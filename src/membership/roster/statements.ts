import { owned } from '../bytes.ts'
import { Admit, Genesis, Recover, Renew, Revoke, RotateAuthority } from '../pb/membership.ts'
import { KIND } from './kinds.ts'
import type { EntryFacts } from './entry.ts'
import type { RosterHead } from '../index.ts'

/**
 * The entries that this version writes. All are critical: a reader that does not know
 * one of them knows nothing about members, or about who may sign.
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

export function renewEntry (head: RosterHead, body: { site: string, notAfter: number }, at: number): EntryFacts {
  return next(head, KIND.renew, Renew.encode(body), at)
}

/** The next entries are signed by `authority`, the public key of 32 bytes */
export function rotateAuthorityEntry (head: RosterHead, authority: Uint8Array, at: number): EntryFacts {
  return next(head, KIND.rotateAuthority, RotateAuthority.encode({ authority: owned(authority) }), at)
}

/** Signed by the recovery key; supersedes whatever else follows `ancestor`. `site`: where the new authority key is */
export function recoverEntry (ancestor: RosterHead, authority: Uint8Array, site: string, at: number): EntryFacts {
  return next(ancestor, KIND.recover, Recover.encode({ ancestorSeq: ancestor.seq, ancestorHash: owned(ancestor.hash), authority: owned(authority), site }), at)
}

function next (head: RosterHead, kind: number, body: Uint8Array, at: number): EntryFacts {
  return { seq: head.seq + 1, prev: head.hash, at, kind, critical: true, body }
}
