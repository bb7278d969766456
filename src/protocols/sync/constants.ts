export const SYNC_PROTOCOL = '/beam/roster/1.0.0'

export const SYNC_VERSION = 1

/** Longest message in bytes */
export const MAX_SYNC_MESSAGE = 65_536

/** Entries in one message */
export const MAX_SYNC_ENTRIES = 64

/** Bytes of entries in one message: leaves room for the wrapping */
export const MAX_SYNC_ENTRY_BYTES = 61_440

/** Messages that answer to wants of one peer in one session: 64 entries each */
export const MAX_SYNC_ROUNDS = 4_096

/** For the whole session, ms. @default 20_000 */
export const SYNC_TIMEOUT = 20_000

/** For the first message of the peer, ms: an outsider holds nothing here for longer. @default 5_000 */
export const SYNC_HELLO_TIMEOUT = 5_000

/** Sessions that one peer may begin: at once, and per second over time */
export const SYNC_PEER_RATE = { burst: 10, rate: 1 }

/** Sessions that all peers who are not members may begin together */
export const SYNC_OUTSIDER_RATE = { burst: 64, rate: 16 }

/** Clocks that differ by more are reported, ms */
export const CLOCK_WARNING = 300_000
