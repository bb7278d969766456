/** What mail can make this daemon hold or do, as keeper, sender and recipient. The quotas stand in the configuration. */

// ---- keeper

/** Mailbox sessions of one site at a time; one more is refused */
export const MAX_MAIL_SESSIONS_PER_SITE = 8

/** The same of all sites together. @default 64 */
export const MAX_MAIL_SESSIONS = 64

/** Requests of one site: so many at once, and so many a second from then on; beyond it they are read later */
export const MAIL_REQUESTS = { burst: 1_024, rate: 512 }

/** A session on which nothing moves is cut, ms. @default 30_000 */
export const MAIL_IDLE = 30_000

/** Chunks of one deposit that are being written while the next is read */
export const MAIL_WRITES = 4

/** How often mail that was kept long enough is looked for, ms */
export const MAIL_PURGE_EVERY = 60_000

/** Mail deleted in one step */
export const MAIL_STEP = 256

/** One nudge to a site in so long at most, ms. @default 2_000 */
export const NUDGE_EVERY = 2_000

// ---- sender

/** Keepers that shall have each envelope, if there are so many. @default 2 */
export const MAIL_COPIES = 2

/** Sites whose mail is left at keepers at the same time: a slow keeper holds up no more than that. @default 4 */
export const LEAVE_AT_ONCE = 4

/** A session with a keeper is ended after so long, and goes on where it stopped when others had their turn, ms. @default 120_000 (2 min) */
export const LEAVE_TURN = 120_000

/** A keeper's yes counts for at least so long, even if it says that it keeps mail for less, ms. @default 3_600_000 (1 h) */
export const YES_AT_LEAST = 3_600_000

/** Keepers asked in one round. @default 8 */
export const MAX_KEEPERS_TRIED = 8

/** Envelopes for one site that are read at a time */
export const MAIL_AT_ONCE = 32

/** What was left so long ago is left once more: a keeper may have lost it, ms. @default 86_400_000 (1 d) */
export const LEFT_AGAIN = 86_400_000

/** A keeper that had no room, or could not be asked, is left alone for so long, ms. @default 60_000 */
export const KEEPER_PAUSE = 60_000

/** Longest pause until a site whose mail found no keeper is tried again, ms. @default 600_000 */
export const LONGEST_AGAIN = 600_000

// ---- recipient

/** Keepers from which mail is collected at the same time */
export const COLLECT_AT_ONCE = 4

/** A round with one keeper is ended after so long, and goes on when others had their turn, ms. @default 300_000 (5 min) */
export const COLLECT_TURN = 300_000

/** Pages of one listing that are read in one round, so that a list without end ends. @default 1_024 */
export const MAX_MAIL_PAGES = 1_024

/** Small envelopes of one page that are being opened at a time */
export const MAX_COLLECTING = 16

/** Entries of one round that cannot be true; then the round ends. @default 16 */
export const MAX_LIES = 16

/** A keeper that lied so often is not asked again for so long, ms. @default 600_000 (10 min) */
export const LIAR_PAUSE = 600_000

/** A keeper that is connected is asked at least so often, whether it nudges or not, ms. @default 600_000 (10 min) */
export const COLLECT_EVERY = 600_000

/** Nudges of one site that are listened to: at once, and a second */
export const NUDGES = { burst: 8, rate: 0.5 }
