import { MAX_BODY, MAX_INNER } from './index.ts'
import { sealedSize } from './layout.ts'

/** Bytes of the fixed-length fields */
export const ENVELOPE_ID = 16
export const HASH = 32
export const SEED = 32
export const ENC = 32
/** The content key and its tag */
export const WRAPPED = 48

/** Longest network name in bytes of UTF-8 */
export const MAX_NETWORK_BYTES = 253

/** Longest site id in bytes: 63 UTF-16 units are at most 189 bytes of UTF-8, then "." and the network */
export const MAX_SITE_ID_BYTES = 443

/** Longest app id in bytes: one fragment more */
export const MAX_APP_ID_BYTES = 633

/** Longest encoded Label in bytes: its fields at their longest are 1,291 */
export const MAX_LABEL = 1_536

/** Most recipients of a task; also stands in the `.proto` */
export const MAX_RECIPIENTS = 1_024

/** Longest metadata in bytes of JSON text. @default 1 MiB */
export const MAX_METADATA = 1_048_576

/** Longest failure strategy in bytes of JSON text. @default 4 KiB */
export const MAX_FAILURE_STRATEGY = 4_096

/** Longest duration text in bytes. @default 256 */
export const MAX_TTL_TEXT = 256

/** Longest actor, organization, collaboration, parent or job in bytes. @default 1 KiB */
export const MAX_REFERENCE = 1_024

/** Most fields that Inner may have: all recipients, each other field once, and as many unknown ones */
export const MAX_INNER_FIELDS = MAX_RECIPIENTS + 64

/** Bytes of the length in front of Inner */
export const PREFIX = 4

/** Longest plaintext of an envelope in bytes */
export const MAX_PLAINTEXT = PREFIX + MAX_INNER + MAX_BODY

/** Longest ciphertext of an envelope in bytes */
export const MAX_SEALED = sealedSize(MAX_PLAINTEXT)

/** Most receipts under one signature; also stands in the `.proto` */
export const MAX_RECEIPTS = 256

/** Longest encoded SignedReceipts in bytes */
export const MAX_RECEIPTS_BYTES = 65_536

/** Longest reason of a receipt in characters */
export const MAX_REASON = 64
