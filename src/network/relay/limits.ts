export const HOP_PROTOCOL = '/libp2p/circuit/relay/0.2.0/hop'
export const STOP_PROTOCOL = '/libp2p/circuit/relay/0.2.0/stop'

/** Longest message of either protocol, bytes */
export const MAX_CIRCUIT_MESSAGE = 4_096

/** For the exchange before a circuit stands, or a reservation, ms. @default 10_000 */
export const HOP_TIMEOUT = 10_000

/** A circuit that nothing passes for so long is ended: links ping each other every 10 s, ms. @default 120_000 */
export const CIRCUIT_IDLE = 120_000

/** How often circuits are looked over, ms */
export const CIRCUIT_CHECK = 5_000

/** Life of a reservation; whoever holds it renews it well before, ms. @default 3_600_000 (1 h) */
export const RESERVATION_LIFE = 3_600_000

/** Daemons of one site that may hold a reservation at one relay */
export const MAX_RESERVATIONS_PER_SITE = 4

/** Addresses of itself that a relay hands out, and that are taken from one */
export const MAX_RELAY_ADDRESSES = 4

/** Circuits that one connection may ask for, and that one may be asked to take, at a time */
export const MAX_CIRCUIT_STREAMS = 128

/**
 * Circuits between the same two sites at a time, of four daemons at either end at most: one
 * member alone must not take all that another may have here
 */
export const MAX_CIRCUITS_PER_PAIR = 16

/** Window of each stream of a circuit when memory is not plenty: what a stream begins with, bytes */
export const SMALL_WINDOW = 262_144

/**
 * Windows that one direction of a circuit can hold at worst: one that waits to be
 * written, and one that the sender had leave to send before it was told to stop
 */
export const WINDOWS_HELD = 2

/** Newcomers that are connected to the authority at a time. @default 4 */
export const MAX_NEWCOMERS = 4

/** Requests of one that are open at a time over one connection. @default 2 */
export const MAX_NEWCOMER_STREAMS = 2

/** What one of them may send and receive, bytes: the roster and the records of ten thousand sites. @default 33_554_432 (32 MiB) */
export const NEWCOMER_BYTES = 33_554_432

/** Requests of newcomers from one address, and altogether of those with a good pass: at once, and per second over time */
export const NEWCOMER_ADDRESS_RATE = { burst: 5, rate: 0.1 }
export const NEWCOMER_TOTAL_RATE = { burst: 20, rate: 0.5 }

/** Large windows are given while less than this share of the memory is spoken for */
export const PLENTY = 0.25

/** A rate may be exceeded for a moment by what it allows in so long, s */
export const RATE_BURST = 0.5
