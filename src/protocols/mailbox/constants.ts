export const MAILBOX_PROTOCOL = '/beam/mailbox/1.0.0'

/** Sessions with one peer at a time, each way */
export const MAX_MAIL_STREAMS = 8

/** For opening a session, ms. @default 10_000 */
export const MAIL_OPEN_TIMEOUT = 10_000

/** Entries in one page of a listing; also stands in the `.proto` */
export const MAX_MAIL_PAGE = 64

/** Mail named by one acknowledgement; also stands in the `.proto` */
export const MAX_ACKNOWLEDGED = 256

/** Fields that the longest message may have: a page or an acknowledgement, and room for unknown ones */
export const MAX_MAIL_FIELDS = MAX_ACKNOWLEDGED + 16

/** Longest reason of a refusal in characters */
export const MAX_MAIL_REASON = 64
