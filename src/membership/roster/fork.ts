import { equals } from 'uint8arrays/equals'
import { hex, owned } from '../bytes.ts'
import { ForkProof } from '../pb/membership.ts'
import { decodeEntry } from './entry.ts'
import type { DecodedEntry } from './entry.ts'
import type { Store } from '../../store/index.ts'

/** Where the proof of a fork is kept, base64 of a ForkProof; empty after a recovery */
const META = 'roster.fork'

/**
 * The proof that was kept; `hashes` are those of the log, by place. One whose place
 * another entry has by now was ended by a recovery, just before a crash: it is none any more.
 */
export async function readFork (store: Pick<Store, 'getMeta'>, hashes: Uint8Array[]): Promise<Uint8Array | undefined> {
  const text = await store.getMeta({ key: META })

  if (text == null || text === '') {
    return
  }

  const proof = new Uint8Array(Buffer.from(text, 'base64'))
  const [left, right] = forkEntries(proof).map(decodeEntry)
  const ours = hashes.at(left.entry.seq)

  return ours != null && [left, right].some(({ hash }) => equals(hash, ours)) ? proof : undefined
}

/** Both entries, SignedEntry each */
export function forkEntries (proof: Uint8Array): Uint8Array[] {
  const { left, right } = ForkProof.decode(proof)

  return [left, right]
}

/** Both entries in one order, so that the same fork has one proof everywhere; the audit log keeps their hashes */
export async function keepFork (store: Store, one: DecodedEntry, other: DecodedEntry, now: number): Promise<Uint8Array> {
  const [left, right] = [one.raw, other.raw].sort(Buffer.compare)
  const proof = ForkProof.encode({ left: owned(left), right: owned(right) })

  await Promise.all([
    store.setMeta({ key: META, value: Buffer.from(proof).toString('base64') }),
    store.noteFact({ kind: 'decision', subject: 'authority', action: 'roster-forked', allowed: false, reason: `entry ${one.entry.seq}: ${hex(one.hash)} and ${hex(other.hash)}`, at: now })
  ])

  return proof
}

export async function forgetFork (store: Store, seq: number, now: number): Promise<void> {
  await Promise.all([
    store.setMeta({ key: META, value: '' }),
    store.noteFact({ kind: 'decision', subject: 'recovery key', action: 'roster-recovered', allowed: true, reason: `entry ${seq}`, at: now })
  ])
}
