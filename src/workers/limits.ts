/**
 * Capabilities of one app; also stands in the `.proto`
 *
 * @default 64
 */
export const MAX_CAPABILITIES = 64

/**
 * Shortest and longest lease, ms
 *
 * @default 1_000, 86_400_000
 */
export const MIN_LEASE = 1_000
export const MAX_LEASE = 86_400_000

/**
 * Workers in one answer; also stands in the `.proto`
 *
 * @default 256
 */
export const MAX_WORKERS = 256

/**
 * Questions that one site may ask: so many a second for ever, so many at once
 *
 * @default 20, 100
 */
export const ASKS_PER_SECOND = 20
export const ASKS_AT_ONCE = 100

/**
 * Questions of this site that wait for their answer
 *
 * @default 1_000
 */
export const MAX_PENDING = 1_000

/**
 * Sites asked for one question
 *
 * @default 64
 */
export const MAX_ASKED = 64

/**
 * A site that has a link is asked even if the directory does not name it, when there
 * are at most so many: a new announcement takes a while to spread
 *
 * @default 16
 */
export const ASK_LINKED = 16

/**
 * A site has so long to answer, ms; a link to it included
 *
 * @default 2_000
 */
export const ANSWER_TIMEOUT = 2_000

/**
 * A whole search takes at most so long, ms
 *
 * @default 4_000
 */
export const FIND_TIMEOUT = 4_000

/**
 * Once somebody was found, the other sites that were asked and the directory have so much
 * longer, ms: a site that is named and off, and a peer of the directory that never
 * answers, hold nobody up
 *
 * @default 500
 */
export const FOUND_GRACE = 500

/**
 * The same when all who were known to serve it have answered again, ms
 *
 * @default 10
 */
export const KNOWN_GRACE = 10

/**
 * Capabilities of which it is remembered who served them
 *
 * @default 1_024
 */
export const MAX_KNOWN = 1_024

/**
 * Who served a capability is asked again directly, without the directory, for so long, ms
 *
 * @default 60_000
 */
export const KNOWN_LIFE = 60_000

/**
 * After so long the directory is searched too, beside the answer, ms: a site without a
 * link that announces a capability anew is seen this much later at most, while others
 * that serve it are being asked for
 *
 * @default 10_000
 */
export const KNOWN_FRESH = 10_000

/** The directory takes so long to take up a name, ms; first and longest pause before the next try */
export const PROVIDE_TIMEOUT = 10_000
export const PROVIDE_RETRY = 1_000
export const PROVIDE_RETRY_LONGEST = 60_000

/** Ask.kind */
export const ASK_WORKERS = 1

/** Answer.code */
export const FINE = 0
export const UNKNOWN_QUESTION = 1
export const BAD_QUESTION = 2
export const TOO_MANY = 3
export const REFUSED = 4
