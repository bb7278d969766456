import { equals } from 'uint8arrays/equals'
import { createSigner } from '../../core/ed25519.ts'
import { RefusedError } from '../../core/errors.ts'
import { enrollRefusal } from '../enroll/codes.ts'
import { Serial } from '../serial.ts'
import { decide } from './decide.ts'
import { GuessLimit } from './guesses.ts'
import { invite } from './invite.ts'
import { inviteFacts } from './invites.ts'
import { REPLACED } from './presence.ts'
import { redeem } from './redeem.ts'
import { RefusalNotes } from './refusal-notes.ts'
import { renew, renewAll } from './renew.ts'
import { requireCompared } from './restored.ts'
import { revoke } from './revoke.ts'
import { rotate } from './rotate.ts'
import type { Authority, RosterHead } from '../index.ts'
import type { AuthorityContext, InviteInput, InviteTicket } from './context.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteSigner } from '../../core/identity.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Store } from '../../store/index.ts'
import type { AuthorityKeyFile } from '../keys/authority-key.ts'
import type { SiteRecordBook } from '../records/site-records.ts'
import type { RosterLog } from '../roster/roster.ts'

/** Requests that may wait while tickets are redeemed one by one. @default 64 */
export const MAX_WAITING = 64

export interface AuthorityComponents {
  /** The authority's Ed25519 key; there is one */
  keyFile: AuthorityKeyFile
  store: Store
  roster: RosterLog
  records: SiteRecordBook
  networkSecret: Uint8Array
  /** Of this site, which is the one member that cannot be revoked here */
  signer: SiteSigner
  clock: Pick<Clock, 'now' | 'monotonic'>
  random: Random
  log: Log
}

/** Invitations, admissions and revocations, signed by the authority key of this daemon */
export function createAuthority (components: AuthorityComponents): Authority {
  const { roster, signer, clock, log, keyFile } = components
  const serial = new Serial()
  let compareHeads = async (): Promise<number> => 0
  let wrongClock = (): string | undefined => undefined
  const isPresent = (): boolean => equals(roster.authorityKey, signerOf(keyFile, signer).publicKey)

  const context: AuthorityContext = {
    ...components,
    self: signer.siteId,
    guesses: new GuessLimit(clock),
    // the key may be replaced while this runs
    sign: async data => signerOf(keyFile, signer).sign(data),
    compareHeads: async () => requireCompared(components.store, await compareHeads()),
    refusals: new RefusalNotes({ store: components.store, clock, log }),
    isPresent,
    checkKey: () => {
      if (!isPresent()) {
        throw new RefusedError(REPLACED)
      }
    },
    checkClock: () => {
      const why = wrongClock()

      if (why != null) {
        throw new RefusedError(`${why}; set it first: nobody is admitted or renewed by it`)
      }
    }
  }

  return {
    get present () { return isPresent() },

    async invite (input: InviteInput): Promise<InviteTicket> {
      return invite(context, input)
    },

    async invites () {
      return inviteFacts(context)
    },

    async decide (id, decision) {
      return serial.run(async () => decide(context, id, decision))
    },

    async revoke (site: SiteId, reason: string): Promise<RosterHead> {
      return serial.run(async () => revoke(context, site, reason))
    },

    async renew (site) {
      return serial.run(async () => renew(context, site))
    },

    async renewAll (sites) {
      return serial.run(async () => renewAll(context, sites))
    },

    async rotate () {
      return serial.run(async () => rotate(context, keyFile))
    },

    async redeem (request, peers) {
      if (serial.length >= MAX_WAITING) {
        return [enrollRefusal('unavailable')]
      }

      return serial.run(async () => {
        try {
          return await redeem(context, request, peers)
        } catch (error) {
          log.error({ err: error, peer: peers.joiner }, 'a ticket could not be redeemed')

          return [enrollRefusal('unavailable')]
        }
      })
    },

    compareHeadsBy (compare) {
      compareHeads = compare
    },

    checkClockBy (why) {
      wrongClock = why
    }
  }
}

function signerOf ({ key }: AuthorityKeyFile, { siteId }: SiteSigner): SiteSigner {
  if (key == null) {
    throw new Error('this daemon holds no authority key')
  }

  return createSigner({ siteId, privateKey: key })
}
