/**
 * What an app controls, with its limit. Those that an operator may change stand in
 * the configuration (`tasks.*`, `api.*`) instead.
 */

/**
 * Recipients of one result
 *
 * @default 1_024
 */
export const MAX_RESULT_RECIPIENTS = 1_024

/**
 * Tasks in one answer to a poll: the oldest first, the rest when these are answered
 *
 * @default 10_000
 */
export const MAX_LIST = 10_000

/**
 * Bytes of bodies and metadata in one answer to a poll; at least one item is always returned
 *
 * @default 100_663_296 (96 MiB)
 */
export const MAX_ANSWER_BYTES = 100_663_296

/**
 * Versions of results that wait for a slow reader of an event stream; beyond it they
 * are read again from the store, where only the newest of each app is kept
 *
 * @default 256
 */
export const MAX_STREAM_QUEUE = 256

/**
 * Bytes of them, metadata and small bodies, beyond which the same is done
 *
 * @default 262_144 (256 KiB)
 */
export const MAX_STREAM_BYTES = 262_144

/**
 * An event stream says that it lives after so long a silence, ms
 *
 * @default 15_000
 */
export const KEEP_ALIVE = 15_000

/** Bytes read of a large body at a time */
export const BODY_STEP = 262_144

/**
 * Bytes of a large body that are read at a time by who needs all of it at once, or
 * seals it: whole rows of its blob
 *
 * @default 1_048_576 (1 MiB)
 */
export const READ_AHEAD = 1_048_576

/** Bytes written of a large body at a time: one fsync for each would be slow */
export const WRITE_STEP = 1_048_576

/**
 * Bodies up to this many bytes are one write, together with their task or result; larger
 * ones are written first, in steps
 *
 * @default 2_097_152 (2 MiB)
 */
export const WHOLE_BODY = 2_097_152

/**
 * Longest body inside JSON, in bytes; a larger one is told by size, hash and the URL
 * where it is read
 *
 * @default 67_108_864 (64 MiB)
 */
export const MAX_TEXT_BODY = 67_108_864
