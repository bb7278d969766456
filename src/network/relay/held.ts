import type { Reserved } from './index.ts'
import type { Granted } from './reserve.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Random } from '../../core/random.ts'
import type { Membership } from '../../membership/index.ts'
import type { Connection } from '@libp2p/interface'

/** Held reservations are renewed after at most so long, whatever the relay's clock says, ms. @default 1_200_000 (20 min) */
const RENEW = 1_200_000
const RENEW_LEAST = 30_000

/** A reservation and the connection that it hangs on */
export interface Held extends Reserved {
  connection: Connection
  /** Monotonic ms */
  renewAt: number
  expiresAt: number
}

/** What a relay granted, for the first time or anew */
export function heldBy (site: SiteId, connection: Connection, { addresses, expires }: Granted, before: Held | undefined, { clock, random }: { clock: Pick<Clock, 'now' | 'monotonic'>, random: Pick<Random, 'float'> }): Held {
  const now = clock.monotonic()
  // the relay's clock may be wrong by hours: what it says is taken within reason
  const life = Math.min(Math.max(expires - clock.now(), 2 * RENEW_LEAST), 3 * RENEW)
  const renew = Math.min(life / 2, RENEW)

  return {
    relay: site,
    peer: connection.remotePeer.toString(),
    addresses,
    since: before?.since ?? clock.now(),
    renewed: clock.now(),
    connection,
    renewAt: now + renew * (0.8 + 0.2 * random.float()),
    expiresAt: now + life
  }
}

/** Why it is worth nothing any more; undefined while it holds */
export function lostBecause (held: Held, now: number, roster: Pick<Membership['roster'], 'standing'>): string | undefined {
  if (roster.standing(held.relay) !== 'member') {
    return 'the relay is no member any more'
  }

  if (held.expiresAt <= now) {
    return 'the reservation ran out'
  }

  return held.connection.status === 'open' ? undefined : 'the connection to the relay ended'
}
