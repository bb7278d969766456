import type { HttpLimits } from './index.ts'

export const DEFAULT_LIMITS: HttpLimits = {
  maxHeaderSize: 16_384,
  headersTimeout: 20_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 120_000,
  maxConnections: 10_000,
  maxReceiving: 268_435_456,
  keepAlive: 15_000,
  stall: 60_000,
  drainTimeout: 5_000
}

/** Bodies up to this many bytes do not count for `maxReceiving` */
export const SMALL_BODY = 65_536

/** Characters of one path parameter; the longest app id has 381 */
export const MAX_PARAM = 400
