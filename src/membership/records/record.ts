import { equals } from 'uint8arrays/equals'
import { domains, under } from '../../core/domains.ts'
import { InvalidInputError } from '../../core/errors.ts'
import { parseId } from '../../core/ids.ts'
import { keyId } from '../../core/x25519.ts'
import { owned } from '../bytes.ts'
import { MAX_RECORD, MAX_SIGNED_RECORD, MAX_SITE_ID } from '../limits.ts'
import { SignedRecord, SiteRecord } from '../pb/membership.ts'
import { isAddress } from './address.ts'
import { isPeerId, keyOfPeer, peerProofInput } from './peer-proof.ts'
import type { Verify } from '../../core/identity.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Owned } from '../bytes.ts'
import type { SiteView } from '../index.ts'

const VERSION = 1

/** A record that has the right form; nothing in it is verified yet */
export interface DecodedRecord {
  /** The SignedRecord as it travels and is kept */
  raw: Uint8Array
  /** The encoded SiteRecord: what is signed */
  bytes: Uint8Array
  signature: Uint8Array
  network: string
  view: SiteView
  /** For each of `view.peers` */
  peerProofs: Uint8Array[]
}

export interface RecordFacts extends SiteView {
  network: string
  peerProofs: Uint8Array[]
}

/** Signs a record for the network with this genesis */
export async function signRecord (facts: RecordFacts, genesis: Uint8Array, sign: (data: Uint8Array) => Promise<Uint8Array>): Promise<Owned> {
  const record = SiteRecord.encode({
    ...facts,
    version: VERSION,
    keys: facts.keys.map(key => ({ ...key, id: owned(key.id), publicKey: owned(key.publicKey) })),
    peerProofs: facts.peerProofs.map(owned)
  })

  return SignedRecord.encode({ record, signature: owned(await sign(recordSigningInput(genesis, record))) })
}

export function recordSigningInput (genesis: Uint8Array, bytes: Uint8Array): Uint8Array {
  return under(domains.siteRecord, genesis, bytes)
}

/**
 * @throws {InvalidInputError} when the form is wrong
 */
export function decodeRecord (raw: Uint8Array): DecodedRecord {
  if (raw.byteLength > MAX_SIGNED_RECORD) {
    throw malformed(`is ${raw.byteLength} bytes long, at most ${MAX_SIGNED_RECORD} are allowed`)
  }

  const signed = decoded(() => SignedRecord.decode(raw))

  if (!equals(SignedRecord.encode(signed), raw)) {
    throw malformed('is not in its canonical form')
  }

  if (signed.record.byteLength > MAX_RECORD || signed.signature.byteLength !== 64) {
    throw malformed(`must be at most ${MAX_RECORD} bytes long and carry a signature of 64`)
  }

  const record = read(raw, signed)
  checkView(record.view, record.network)

  if (record.peerProofs.length !== record.view.peers.length) {
    throw malformed('must carry a proof for each of its peers')
  }

  return record
}

/**
 * A record that this daemon stored: it had the right form then. A start with 10,000 of
 * them does not look at every peer id and key again.
 */
export function decodeStoredRecord (raw: Uint8Array): DecodedRecord {
  return read(raw, decoded(() => SignedRecord.decode(raw)))
}

/** Whose record it would be, if it were good; nothing else of it is looked at. Undefined for what is no record */
export function nameOfRecord (raw: Uint8Array): { site: SiteId, sequence: number } | undefined {
  try {
    return raw.byteLength > MAX_SIGNED_RECORD ? undefined : decodeStoredRecord(raw).view
  } catch {
    // whoever checks it says what is wrong with it
  }
}

function read (raw: Uint8Array, signed: SignedRecord): DecodedRecord {
  const { version, network, peerProofs, ...view } = decoded(() => SiteRecord.decode(signed.record))

  if (version !== VERSION) {
    throw malformed(`is of version ${version}, this version of beam-node knows version ${VERSION}`)
  }

  return { raw, bytes: signed.record, signature: signed.signature, network, view, peerProofs }
}

/** Signature of the site and of each of its daemons */
export async function verifyRecord (record: DecodedRecord, genesis: Uint8Array, signingKey: Uint8Array, verify: Verify): Promise<boolean> {
  if (!await verify(signingKey, recordSigningInput(genesis, record.bytes), record.signature)) {
    return false
  }

  const proven = await Promise.all(record.view.peers.map(async (peer, index) => {
    const key = keyOfPeer(peer)

    return key != null && verify(key, peerProofInput(genesis, record.view.site), record.peerProofs[index])
  }))

  return proven.every(Boolean)
}

function checkView (view: SiteView, network: string): void {
  if (view.site.length > MAX_SITE_ID || parseId(view.site, network)?.kind !== 'site') {
    throw malformed('names no site of its network')
  }

  if (!Number.isSafeInteger(view.sequence) || view.sequence < 1 || !Number.isSafeInteger(view.at)) {
    throw malformed('has a sequence or time out of range')
  }

  if (new Set(view.peers).size !== view.peers.length || !view.peers.every(isPeerId)) {
    throw malformed('has a peer id that is none, or one twice')
  }

  if (!view.addresses.every(isAddress)) {
    throw malformed('has an address that is none')
  }

  for (const key of view.keys) {
    if (key.publicKey.byteLength !== 32 || !equals(key.id, keyId(key.publicKey)) ||
      !Number.isSafeInteger(key.notBefore) || !Number.isSafeInteger(key.notAfter)) {
      throw malformed('has an encryption key that is none')
    }
  }

  if (!view.mailboxes.every(site => site.length <= MAX_SITE_ID && parseId(site, network)?.kind === 'site')) {
    throw malformed('has a mailbox that is no site of its network')
  }
}

function decoded<T> (decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    throw malformed(`cannot be decoded (${error instanceof Error ? error.message : String(error)})`)
  }
}

function malformed (rule: string): InvalidInputError {
  return new InvalidInputError('site record', rule)
}
