import { equals } from 'uint8arrays/equals'
import { isFragment, MAX_NETWORK, parseId, quote } from '../../core/ids.ts'
import { isPattern } from '../capabilities.ts'
import { MAX_ORGANIZATION, MAX_REASON } from '../limits.ts'
import { ENTRY_VERSION } from './entry.ts'
import { readStatement } from './kinds.ts'
import { keyName } from './state.ts'
import type { DecodedEntry } from './entry.ts'
import type { Statement } from './kinds.ts'
import type { RosterDraft } from './state.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Admit, Recover, Renew, Revoke, RosterEntry, RotateAuthority } from '../pb/membership.ts'

/** Bytes of an Ed25519 public key */
const KEY = 32

export type Reduced =
  /** Sites whose standing may have changed */
  | { kind: 'applied', sites: SiteId[] }
  /** Must be understood and is not: nothing from here on is accepted */
  | { kind: 'halt', reason: string }
  | { kind: 'refused', reason: string }

/**
 * One step of the roster: who belongs after this entry. No clock, no signatures, no
 * I/O; the same entries give the same members everywhere. The draft is of no use
 * any more after anything but `applied`.
 */
export function reduce (draft: RosterDraft, { entry, hash }: DecodedEntry): Reduced {
  if (entry.seq !== draft.head.seq + 1 || !equals(entry.prev, draft.head.hash)) {
    return refused(entry.seq, 'does not follow the entry before')
  }

  if (entry.version !== ENTRY_VERSION) {
    return halted(entry.seq, `is of version ${entry.version}`)
  }

  const statement = read(entry.kind, entry.body)

  if (statement == null) {
    return refused(entry.seq, 'has a body that is not of its kind')
  }

  if (statement.kind === 'unknown' && entry.critical) {
    return halted(entry.seq, `is of the kind ${entry.kind}`)
  }

  const outcome = apply(draft, statement, entry)
  draft.head = { seq: entry.seq, hash }

  return typeof outcome === 'string' ? refused(entry.seq, outcome) : { kind: 'applied', sites: outcome }
}

/** The state that a first entry founds; a sentence when it is none */
export function found ({ entry, hash }: DecodedEntry): RosterDraft | string {
  const statement = read(entry.kind, entry.body)

  if (entry.seq !== 0 || entry.version !== ENTRY_VERSION || statement?.kind !== 'genesis') {
    return 'the first entry is no genesis that this version understands'
  }

  const { network, authority, recovery, nonce } = statement.body

  if (network.length > MAX_NETWORK || !network.split('.').every(isFragment)) {
    return 'the genesis names no valid network'
  }

  if (authority.byteLength !== KEY || recovery.byteLength !== KEY || nonce.byteLength !== 32) {
    return 'the genesis must hold two keys and a nonce of 32 bytes each'
  }

  // one stolen key would be both
  if (equals(authority, recovery)) {
    return 'the genesis must name two different keys'
  }

  return {
    network,
    genesis: hash,
    recovery,
    head: { seq: 0, hash },
    authorities: [{ from: 1, key: authority }],
    members: new Map(),
    keys: new Map()
  }
}

/** Sites whose standing changed, or why the statement cannot be */
function apply (draft: RosterDraft, statement: Statement, { seq, prev, at }: RosterEntry): SiteId[] | string {
  switch (statement.kind) {
    case 'genesis': return 'is a second genesis'
    case 'admit': return admit(draft, statement.body, seq, at)
    case 'renew': return renew(draft, statement.body, at)
    case 'revoke': return revoke(draft, statement.body, seq, at)
    case 'rotate-authority': return rotate(draft, statement.body, seq)
    case 'recover': return recover(draft, statement.body, seq, prev)
    default: return []
  }
}

/**
 * A name is free when nobody has it, when its admission ran out, or when it was
 * revoked. A signing key is admitted once: after a revocation it may be in other
 * hands. Only a site whose admission ran out can come back with the key it had.
 */
function admit (draft: RosterDraft, body: Admit, seq: number, at: number): SiteId[] | string {
  const { site, signingKey, organization, capabilities, notBefore, notAfter } = body

  if (parseId(site, draft.network)?.kind !== 'site') {
    return `admits ${quote(site)}, which is no site of ${draft.network}`
  }

  if (signingKey.byteLength !== KEY) {
    return 'admits a key that has not 32 bytes'
  }

  if (organization.length > MAX_ORGANIZATION || !capabilities.every(isPattern)) {
    return `admits ${site} with an organization or a capability pattern out of its limits`
  }

  if (!isPeriod(notBefore, notAfter)) {
    return `admits ${site} for no time`
  }

  const before = draft.members.get(site)

  if (before != null && before.revoked == null && at < before.notAfter) {
    return `admits ${site}, which is a member`
  }

  const goesOn = before != null && before.revoked == null && equals(before.signingKey, signingKey)

  if (draft.keys.has(keyName(signingKey)) && !goesOn) {
    return `admits ${site} with a signing key that was admitted before`
  }

  draft.keys.set(keyName(signingKey), site)
  draft.members.set(site, { site, signingKey, organization, capabilities, notBefore, notAfter, admittedSeq: seq, admittedAt: at })

  // the first to be admitted is the one that founds the network
  if (seq === 1) {
    draft.authorities[0] = { ...draft.authorities[0], site }
  }

  return [site]
}

function renew (draft: RosterDraft, { site, notAfter }: Renew, at: number): SiteId[] | string {
  const member = draft.members.get(site)

  if (member == null || member.revoked != null) {
    return `renews ${quote(site)}, which is ${member == null ? 'not on the roster' : 'revoked'}`
  }

  if (!isPeriod(at, notAfter)) {
    return `renews ${site} for no time`
  }

  draft.members.set(site, { ...member, notAfter })

  return [site]
}

function revoke (draft: RosterDraft, { site, reason }: Revoke, seq: number, at: number): SiteId[] | string {
  const member = draft.members.get(site)

  if (member == null || member.revoked != null) {
    return `revokes ${quote(site)}, which is ${member == null ? 'not on the roster' : 'revoked already'}`
  }

  if (reason.length > MAX_REASON) {
    return `gives a reason of more than ${MAX_REASON} characters`
  }

  draft.members.set(site, { ...member, revoked: { at, reason, seq } })

  return [site]
}

/** The new key lies where the old one did */
function rotate (draft: RosterDraft, { authority }: RotateAuthority, seq: number): SiteId[] | string {
  return setAuthority(draft, authority, seq, draft.authorities.at(-1)?.site)
}

/** That it follows its ancestor directly is what makes it supersede everything else that did */
function recover (draft: RosterDraft, body: Recover, seq: number, prev: Uint8Array): SiteId[] | string {
  if (body.ancestorSeq !== seq - 1 || !equals(body.ancestorHash, prev)) {
    return 'recovers from another entry than the one before'
  }

  // only for people: nothing is decided by where the key is
  return setAuthority(draft, body.authority, seq, draft.members.has(body.site) ? body.site : undefined)
}

function setAuthority (draft: RosterDraft, authority: Uint8Array, seq: number, site: SiteId | undefined): SiteId[] | string {
  if (authority.byteLength !== KEY || equals(authority, draft.recovery)) {
    return 'names an authority key that cannot be one'
  }

  draft.authorities.push({ from: seq + 1, key: authority, ...(site == null ? {} : { site }) })

  return []
}

function read (kind: number, body: Uint8Array): Statement | undefined {
  try {
    return readStatement(kind, body)
  } catch {
    // the caller says which entry it is
  }
}

function isPeriod (from: number, until: number): boolean {
  return Number.isSafeInteger(from) && Number.isSafeInteger(until) && from < until
}

function refused (seq: number, what: string): Reduced {
  return { kind: 'refused', reason: `entry ${seq} ${what}` }
}

function halted (seq: number, what: string): Reduced {
  return { kind: 'halt', reason: `entry ${seq} ${what}, which this version of beam-node does not know and must not skip: update beam-node` }
}
