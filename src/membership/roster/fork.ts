import { owned } from '../bytes.ts'
import { ForkProof } from '../pb/membership.ts'
import type { Store } from '../../store/index.ts'

/** Where the proof of a fork is kept, base64 of a ForkProof; empty after a recovery */
const META = 'roster.fork'

export async function readFork (store: Store): Promise<Uint8Array | undefined> {
  const text = await store.getMeta({ key: META })

  return text == null || text === '' ? undefined : new Uint8Array(Buffer.from(text, 'base64'))
}

/** Both entries in one order, so that the same fork has one proof everywhere */
export async function keepFork (store: Store, one: Uint8Array, other: Uint8Array): Promise<Uint8Array> {
  const [left, right] = [one, other].sort(Buffer.compare)
  const proof = ForkProof.encode({ left: owned(left), right: owned(right) })
  await store.setMeta({ key: META, value: Buffer.from(proof).toString('base64') })

  return proof
}

export async function forgetFork (store: Store): Promise<void> {
  await store.setMeta({ key: META, value: '' })
}
