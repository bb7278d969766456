import type { GuessLimit } from './guesses.ts'
import type { RefusalNotes } from './refusal-notes.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Store } from '../../store/index.ts'
import type { Authority } from '../index.ts'
import type { SiteRecordBook } from '../records/site-records.ts'
import type { RosterLog } from '../roster/roster.ts'

export type InviteInput = Parameters<Authority['invite']>[0]
export type InviteTicket = Awaited<ReturnType<Authority['invite']>>
export type EnrollPeers = Parameters<Authority['redeem']>[1]

/** What each act of the authority needs */
export interface AuthorityContext {
  store: Store
  roster: RosterLog
  records: SiteRecordBook
  networkSecret: Uint8Array
  self: SiteId
  guesses: GuessLimit
  refusals: RefusalNotes
  clock: Pick<Clock, 'now'>
  random: Random
  log: Log
  /** With the authority key */
  sign(data: Uint8Array): Promise<Uint8Array>
  /** Asks connected members for their heads before something is appended */
  compareHeads(): Promise<void>
  /** Whether the roster names the key of this daemon */
  isPresent(): boolean
  /**
   * @throws {RefusedError} when it does not, by now
   */
  checkKey(): void
  /**
   * Before anything is signed that says from when, or until when
   *
   * @throws {RefusedError} when the clock of this machine is known to be wrong
   */
  checkClock(): void
}
