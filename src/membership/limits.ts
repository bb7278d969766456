import { CLOCK_SKEW, MAX_TTL } from '../envelope/index.ts'

/**
 * Limits of what peers and operators may hand in here, with their units. Sizes of
 * repeated fields stand in `pb/membership.proto` and are checked by the decoder.
 */

/** Longest encoded RosterEntry, bytes */
export const MAX_ENTRY = 16_384

/** Longest encoded SignedEntry, bytes: entry, signature and their tags */
export const MAX_SIGNED_ENTRY = MAX_ENTRY + 128

/** Longest encoded SiteRecord, bytes */
export const MAX_RECORD = 16_384

/** Longest encoded SignedRecord, bytes */
export const MAX_SIGNED_RECORD = MAX_RECORD + 128

/** Longest site id, characters: a fragment, a dot and a network name */
export const MAX_SITE_ID = 317

/** Longest organization name, characters */
export const MAX_ORGANIZATION = 200

/** Longest reason of a revocation, characters */
export const MAX_REASON = 500

/** Patterns in one admission */
export const MAX_PATTERNS = 64

/** Longest capability name or pattern, characters */
export const MAX_CAPABILITY = 128

/** Longest multiaddr, characters */
export const MAX_ADDRESS = 512

/** Longest libp2p peer id, characters */
export const MAX_PEER_ID = 64

/** Admission lasts this long, ms. @default one year */
export const ADMISSION_LIFETIME = 365 * 86_400_000

/** Admissions begin this much before they are signed, ms: clocks of two sites may differ by as much */
export const ADMISSION_SKEW = 300_000

/** A ticket is good for this long, ms. @default 24 h */
export const TICKET_LIFETIME = 86_400_000

/** Longest life of a ticket that may be asked for, ms: 30 days */
export const MAX_TICKET_LIFETIME = 30 * 86_400_000

/** Shortest, ms */
export const MIN_TICKET_LIFETIME = 1_000

/** Addresses in a ticket: it must stay one line that can be pasted */
export const MAX_TICKET_ADDRESSES = 8

/** Longest ticket, characters */
export const MAX_TICKET = 8_192

/** Tickets that are open at one time */
export const MAX_OPEN_INVITES = 1_000

/** An admission is renewed when less than this is left of it, ms: a third of its life */
export const RENEW_WITHIN = ADMISSION_LIFETIME / 3

/**
 * Members that are renewed at once; the others with the next look, an hour later. Of
 * 10,000 that were admitted in one week all are renewed within two days.
 *
 * @default 256
 */
export const RENEW_AT_ONCE = 256

/**
 * The authority renews by itself only members whose record was signed within this time,
 * ms: each member signs one a week, and one that is gone should run out.
 *
 * @default 30 days
 */
export const ALIVE_WITHIN = 30 * 86_400_000

/** With so much left of the own admission log and status say so, ms: 30 days; as an error from 7 on */
export const WARN_WITHIN = 30 * 86_400_000
export const ALARM_WITHIN = 7 * 86_400_000

/** A new encryption key is made this often, ms. @default 7 days */
export const ROTATE_KEYS_EVERY = 7 * 86_400_000

/**
 * A private encryption key is erased this long after a newer one took its place, ms: no
 * message that was sealed for it before can still be alive then.
 */
export const OLD_KEY_KEPT = MAX_TTL + 2 * CLOCK_SKEW

/** Encryption keys in one record; of more, the oldest are given up. The decoder's limit is 16 */
export const MAX_KEYS = 12

/**
 * An encryption key is valid for this long, ms. Longer than an admission, so that a
 * site that nobody rotates can still be written to as long as it is a member.
 *
 * @default 400 days
 */
export const ENCRYPTION_KEY_LIFETIME = 400 * 86_400_000
