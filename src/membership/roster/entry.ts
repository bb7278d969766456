import { equals } from 'uint8arrays/equals'
import { domains, under } from '../../core/domains.ts'
import { InvalidInputError } from '../../core/errors.ts'
import { owned, sha256 } from '../bytes.ts'
import { MAX_ENTRY, MAX_SIGNED_ENTRY } from '../limits.ts'
import { RosterEntry, SignedEntry } from '../pb/membership.ts'
import type { Owned } from '../bytes.ts'

/** Version of the entries that this program writes and understands */
export const ENTRY_VERSION = 1

/** An entry that has the right form; its signature and meaning are not judged yet */
export interface DecodedEntry {
  /** The SignedEntry as it travels and is kept */
  raw: Uint8Array
  /** The encoded RosterEntry: what is signed and hashed */
  bytes: Uint8Array
  signature: Uint8Array
  /** 32 bytes: names this entry in the next one */
  hash: Uint8Array
  entry: RosterEntry
}

export interface EntryFacts {
  seq: number
  prev: Uint8Array
  at: number
  kind: number
  critical: boolean
  body: Uint8Array
}

export function encodeEntry (facts: EntryFacts): Owned {
  return RosterEntry.encode({ ...facts, version: ENTRY_VERSION, prev: owned(facts.prev), body: owned(facts.body) })
}

/** What a signature of these entry bytes covers */
export function entrySigningInput (bytes: Uint8Array): Uint8Array {
  return under(domains.rosterSignature, bytes)
}

/** The signature is not part of it: one entry has one hash, however often it was signed */
export function entryHash (bytes: Uint8Array): Owned {
  return sha256(domains.rosterEntry, bytes)
}

export async function signEntry (facts: EntryFacts, sign: (data: Uint8Array) => Promise<Uint8Array>): Promise<DecodedEntry> {
  const bytes = encodeEntry(facts)
  const signature = await sign(entrySigningInput(bytes))

  return decodeEntry(SignedEntry.encode({ entry: bytes, signature: owned(signature) }))
}

/**
 * @throws {InvalidInputError} when the form is wrong
 */
export function decodeEntry (raw: Uint8Array): DecodedEntry {
  if (raw.byteLength > MAX_SIGNED_ENTRY) {
    throw malformed(`is ${raw.byteLength} bytes long, at most ${MAX_SIGNED_ENTRY} are allowed`)
  }

  const signed = decoded(() => SignedEntry.decode(raw))

  // every member keeps the same bytes: nothing can be added around what is signed
  if (!equals(SignedEntry.encode(signed), raw)) {
    throw malformed('is not in its canonical form')
  }

  if (signed.entry.byteLength > MAX_ENTRY) {
    throw malformed(`is ${signed.entry.byteLength} bytes long, at most ${MAX_ENTRY} are allowed`)
  }

  if (signed.signature.byteLength !== 64) {
    throw malformed('must carry a signature of 64 bytes')
  }

  const entry = decoded(() => RosterEntry.decode(signed.entry))

  if (!Number.isSafeInteger(entry.seq) || !Number.isSafeInteger(entry.at)) {
    throw malformed('holds a number that is too large')
  }

  if (entry.prev.byteLength !== (entry.seq === 0 ? 0 : 32)) {
    throw malformed('must name the entry before by 32 bytes, the first one by none')
  }

  return { raw, bytes: signed.entry, signature: signed.signature, hash: entryHash(signed.entry), entry }
}

/** An entry that was checked before it was stored, with the hash that was stored beside it */
export function decodeStoredEntry (raw: Uint8Array, hash: Uint8Array): DecodedEntry {
  const { entry: bytes, signature } = SignedEntry.decode(raw)

  return { raw, bytes, signature, hash, entry: RosterEntry.decode(bytes) }
}

function decoded<T> (decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    throw malformed(`cannot be decoded (${error instanceof Error ? error.message : String(error)})`)
  }
}

function malformed (rule: string): InvalidInputError {
  return new InvalidInputError('roster entry', rule)
}
