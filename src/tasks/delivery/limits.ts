/**
 * What one other site can make this daemon hold or do, and how hard this daemon
 * pushes. Declared here once, for the sending and the receiving side.
 */

// ---- sending

/**
 * Envelopes sent to one site and not yet answered
 *
 * @default 256
 */
export const WINDOW_COUNT = 256

/**
 * Bytes of ciphertext sent to one site and not yet answered
 *
 * @default 4_194_304 (4 MiB)
 */
export const WINDOW_BYTES = 4_194_304

/**
 * Envelopes for one site that are read and sealed at a time
 *
 * @default 16
 */
export const SEAL_AT_ONCE = 16

/**
 * Envelopes that wait in memory to be tried again; more wait in the store
 *
 * @default 1_024
 */
export const MAX_LATER = 1_024

/**
 * Large envelopes for one site that wait in memory for a channel
 *
 * @default 256
 */
export const MAX_BULK_QUEUE = 256

/**
 * A receipt that does not come in this time is taken for lost, ms
 *
 * @default 5_000
 */
export const RECEIPT_TIMEOUT = 5_000

/** First and longest pause before another try, ms */
export const RETRY_FIRST = 500
export const RETRY_LONGEST = 60_000

/**
 * Bytes of large bodies, for all sites together, that are sealed from memory because
 * they were committed just now; others are read from the store
 *
 * @default 16_777_216 (16 MiB)
 */
export const AT_HAND = 16_777_216

/** Bulk channels to one site, and to all together */
export const BULK_PER_SITE = 2
export const BULK_OVERALL = 8

/**
 * A bulk channel on which nothing moves is given up, ms
 *
 * @default 30_000
 */
export const BULK_IDLE = 30_000

/**
 * After the answer, the other side may take so long to close a bulk channel, ms
 *
 * @default 10_000
 */
export const BULK_END = 10_000

// ---- receiving

/**
 * Envelopes over one link that are being opened or stored at a time; more are
 * refused for now
 *
 * @default 512
 */
export const MAX_IN_WORK = 512

/**
 * The same while another site sends too: so many of one site in work, the rest waits.
 * Another site counts for `CROWDED_FOR` ms after it sent something
 *
 * @default 8, 1_000
 */
export const CROWDED = 8
export const CROWDED_FOR = 1_000

/**
 * Unexpired tasks that one site may have here
 *
 * @default 100_000
 */
export const MAX_OPEN_TASKS = 100_000

/**
 * Bytes of bodies of unexpired tasks that one site may have here
 *
 * @default 17_179_869_184 (16 GiB)
 */
export const MAX_OPEN_BYTES = 17_179_869_184

/** Bulk channels from one site, and from all together; more are refused for now */
export const BULK_IN_PER_SITE = 4
export const BULK_IN_OVERALL = 16

/** When all places are taken, a transfer that has lasted so long gives way to a site that has fewer, and goes on later where it was cut, ms. @default 120_000 (2 min) */
export const BULK_TURN = 120_000

/**
 * The envelope of a result is remembered this long, ms: a site may send any number of
 * versions, and each is a row
 *
 * @default 600_000 (10 min)
 */
export const RESULT_REMEMBERED = 600_000

/** Chunks that are being written while the next is read: those of one turn share a commit */
export const BULK_WRITES = 8

/**
 * Envelopes with a plaintext of at most this many bytes are held in memory until they
 * are whole, and stored by one commit; a cut begins them anew. Larger ones go to disk
 * chunk by chunk. With `BULK_IN_OVERALL` it bounds the memory that all together take.
 *
 * @default 2_097_152 (2 MiB)
 */
export const HELD_WHOLE = 2_097_152

/** Receipts covered by one signature; the format's own limit */
export const RECEIPTS_AT_ONCE = 256

/**
 * Envelopes of one site that are worth nothing: so many at once, and so many a second
 * from then on, while its link is read no faster; one of them holds it up for at most
 * `longest` ms. A repeat counts for `repeat` of one
 */
export const PACE = { burst: 512, rate: 200, longest: 10_000, repeat: 0.25 }
