/** Connections of any kind. @default 300 */
export const MAX_CONNECTIONS = 300

/** New connections from one address in a second: many sites may share one NAT. @default 100 */
export const INBOUND_PER_SECOND = 100

/** Connections in the middle of their handshake; beyond it the oldest of the busiest address goes. @default 64 */
export const MAX_PENDING = 64

/** Yamux: more than 1 MiB under way on one stream would hold up small frames beside it (measured) */
export const MAX_STREAM_WINDOW = 1_048_576

/** A stream whose reader is slow holds at most this much, bytes */
export const MAX_READ_BUFFER = 4_194_304

/** A runaway sender fails instead of filling the memory, bytes */
export const MAX_WRITE_BUFFER = 4_194_304

/** Connections of one member's daemon, both ways; it needs one, or two for a moment */
export const MAX_PER_MEMBER = 4

/** A connection that is not admitted is closed after so long, ms. @default 30_000 */
export const QUARANTINE_TIME = 30_000

/** Connections of peers that are not members, at a time */
export const QUARANTINE_LIMIT = 32

/** The same from one address */
export const QUARANTINE_PER_ADDRESS = 8

/** How often connections are looked over, ms. @default 15_000 */
export const HOUSEKEEPING = 15_000

/** A connection that carries no link and no stream is closed after so long, ms. @default 30_000 */
export const SPARE_TIME = 30_000

/** What was written to a revoked site, the news of it, gets so long to leave, ms */
export const CUT_FLUSH = 50
