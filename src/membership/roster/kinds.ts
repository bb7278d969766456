import { Admit, Genesis, Recover, Renew, Revoke, RotateAuthority } from '../pb/membership.ts'

/**
 * Kinds of roster entries. 16 organization, 17 collaboration, 18 grant and 19
 * checkpoint are reserved: to this version they are as unknown as any other.
 */
export const KIND = {
  genesis: 1,
  admit: 2,
  renew: 3,
  revoke: 4,
  rotateAuthority: 5,
  recover: 6
} as const

/** What an entry says, decoded by its kind */
export type Statement =
  | { kind: 'genesis', body: Genesis }
  | { kind: 'admit', body: Admit }
  | { kind: 'renew', body: Renew }
  | { kind: 'revoke', body: Revoke }
  | { kind: 'rotate-authority', body: RotateAuthority }
  | { kind: 'recover', body: Recover }
  | { kind: 'unknown' }

/**
 * @throws when the body is not of its kind
 */
export function readStatement (kind: number, body: Uint8Array): Statement {
  switch (kind) {
    case KIND.genesis: return { kind: 'genesis', body: Genesis.decode(body) }
    case KIND.admit: return { kind: 'admit', body: Admit.decode(body) }
    case KIND.renew: return { kind: 'renew', body: Renew.decode(body) }
    case KIND.revoke: return { kind: 'revoke', body: Revoke.decode(body) }
    case KIND.rotateAuthority: return { kind: 'rotate-authority', body: RotateAuthority.decode(body) }
    case KIND.recover: return { kind: 'recover', body: Recover.decode(body) }
    default: return { kind: 'unknown' }
  }
}
