/** Bytes that wait to be written on one connection before its writer is told to wait. @default 1 MiB */
export const HIGH_WATER = 1_048_576

/** One WebSocket message, bytes: the other side's writes of one tick. @default 16 MiB */
export const MAX_MESSAGE = 16_777_216

/** Bytes that wait to be written, beyond which a ping of a WebSocket is not answered. @default 64 KiB */
export const MAX_PONGS = 65_536

/** For the HTTP upgrade, either side's, ms. @default 8_000 */
export const UPGRADE_TIMEOUT = 8_000

/** A connection that was closed gets so long to write what it has, ms. @default 500 */
export const CLOSE_TIMEOUT = 500
