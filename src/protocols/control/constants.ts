export const CONTROL_PROTOCOL = '/beam/control/1.0.0'

/** What Hello carries; a peer with another number is refused with a Bye that says so */
export const CONTROL_VERSION = 1

/** Longest frame in bytes */
export const MAX_CONTROL_FRAME = 1_048_576

/** Frames waiting for one peer. @default 4_096 */
export const MAX_QUEUED_FRAMES = 4_096

/** Bytes waiting for one peer. @default 8 MiB */
export const MAX_QUEUED_BYTES = 8_388_608

/** Frames of one peer handed up and not yet done: above this its stream is paused */
export const MAX_UNDONE_FRAMES = 512

/** The same in bytes. @default 4 MiB */
export const MAX_UNDONE_BYTES = 4_194_304

/** Control streams that one connection may open: one in use and one that takes its place */
export const MAX_CONTROL_STREAMS = 4

/** Entries of the roster, or records, in one frame of news */
export const MAX_NEWS = 64

/** Bytes of news in one frame */
export const MAX_NEWS_BYTES = 524_288

export interface ControlTimes {
  /** Between two pings, ms. @default 10_000 */
  ping: number
  /** A peer not heard of for so long is gone: its connection is aborted, ms. @default 25_000 */
  silence: number
  /** For the peer's Hello, ms. @default 10_000 */
  hello: number
  /** A link that was replaced may deliver what is under way for so long, ms. @default 5_000 */
  grace: number
}

export const CONTROL_TIMES: ControlTimes = {
  ping: 10_000,
  silence: 25_000,
  hello: 10_000,
  grace: 5_000
}

/** Sites in one vector; of more, several are sent */
export const MAX_VECTOR = 4_096

/** Vectors of one connection that are answered with records: each may be answered with all there are */
export const VECTOR_RATE = { burst: 6, rate: 0.2 }

/** Records of one site that one peer may bring */
export const RECORD_RATE = { burst: 4, rate: 1, keys: 4_096 }

/** Records that came too soon and wait, each at most 16 KiB */
export const MAX_LATE_RECORDS = 512

/** News of one peer that turned out to be worth nothing, after the dear check; above it nothing of the kind is looked at */
export const BAD_NEWS_RATE = { burst: 32, rate: 1 }
