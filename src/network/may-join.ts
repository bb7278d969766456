import { verifyEd25519 } from '../core/ed25519.ts'
import { checkPass } from '../membership/enroll/pass.ts'
import type { Clock } from '../core/clock.ts'
import type { NewcomerPass } from '../membership/enroll/pass.ts'
import type { Roster } from '../membership/index.ts'

/** What a relay asks of a newcomer: the word of the authority as it is now, for that peer and no other */
export function mayJoin (roster: Pick<Roster, 'genesis' | 'authorityKey'>, clock: Pick<Clock, 'now'>): (pass: NewcomerPass, peer: string) => Promise<boolean> {
  return async (pass, peer) => checkPass(pass, { genesis: roster.genesis, peer, key: roster.authorityKey, now: clock.now(), verify: verifyEd25519 })
}
