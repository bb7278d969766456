import { checkpointInput } from './checkpoint.ts'
import type { Clock } from '../core/clock.ts'
import type { Membership } from '../membership/index.ts'
import type { Store } from '../store/index.ts'

export interface SignComponents {
  store: Pick<Store, 'auditHead' | 'putCheckpoint'>
  membership: Pick<Membership, 'self' | 'signer'>
  clock: Clock
}

/** Signs the chain as it is now, unless it is signed; returns up to which entry it is */
export async function signChain ({ store, membership: { self, signer }, clock }: SignComponents): Promise<number> {
  const { n, hash, signed } = await store.auditHead({})

  if (n <= signed) {
    return signed
  }

  const at = clock.now()
  const signature = await signer.sign(checkpointInput({ site: self, n, hash, at }))
  await store.putCheckpoint({ n, hash, at, key: signer.publicKey, signature })

  return n
}
