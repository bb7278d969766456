import type { Clock } from '../../core/clock.ts'
import type { Verify } from '../../core/identity.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Seal } from '../../envelope/index.ts'
import type { Membership } from '../../membership/index.ts'
import type { Links } from '../../network/index.ts'
import type { Store } from '../../store/index.ts'

/** What both sides of delivery share */
export interface DeliveryContext {
  self: SiteId
  network: string
  membership: Membership
  store: Store
  links: Links
  seal: Seal
  verify: Verify
  clock: Clock
  random: Random
  log: Log
}

export function hex (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
