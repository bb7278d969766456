export const BULK_PROTOCOL = '/beam/bulk/1.0.0'

/** Longest message in bytes: one chunk of 256 KiB and what belongs to it */
export const MAX_BULK_MESSAGE = 307_200

/** Channels with one peer at a time, each way */
export const MAX_BULK_CHANNELS = 4

/** For opening a channel, ms. @default 10_000 */
export const BULK_OPEN_TIMEOUT = 10_000

/** The event loop gets a turn after this many bytes of one channel, so that small frames pass */
export const BULK_TURN = 524_288
