/** Beam's own words, which clients and people search for. Details follow on the next line. */
export const INVALID_BODY = 'Invalid body'
export const WRONG_SENDER = 'You are not authorized to send on behalf of this app.'
export const LONG_POLL = 'For long-polling, please define &wait_time=<duration with unit> (e.g. 1000ms) and &wait_count=<count>.'
export const BAD_QUERY = 'Failed to deserialize query string: '
export const NO_DIRECTION = 'Please supply either "from" or "to" query parameter.'
export const NOT_YOURS = 'You can only list messages created by you (from) or directed to you (to).'
export const INVALID_URL = 'Invalid URL: '
export const TASK_MISMATCH = 'Task IDs supplied in path and payload do not match.'
export const APP_MISMATCH = 'AppID supplied in URL and signed message do not match.'
export const TASK_UNKNOWN = 'Task not found'
/** Ours: Beam cannot cancel */
export const TASK_CANCELLED = 'The task was cancelled by its creator.'
export const NOT_RECIPIENT = 'Not allowed to access this task'

/** What a creator who is no recipient reads in place of the body */
export const ENCRYPTED = '<encrypted>'
