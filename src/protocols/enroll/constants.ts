export const ENROLL_PROTOCOL = '/beam/enroll/1.0.0'

/** Longest request in bytes */
export const MAX_ENROLL_REQUEST = 65_536

/** Longest answer in bytes */
export const MAX_ENROLL_ANSWER = 1_048_576

/** Answers to one request: 256 entries each */
export const MAX_ENROLL_ANSWERS = 4_096

/** For one enrolment, ms. @default 30_000 */
export const ENROLL_TIMEOUT = 30_000

/** For the request to arrive, ms. @default 5_000 */
export const ENROLL_REQUEST_TIMEOUT = 5_000

/** Streams from one address: at once, and per second over time. Neither an admission counts, nor who waits for approval */
export const ENROLL_ADDRESS_RATE = { burst: 10, rate: 0.1 }

/** Refused requests altogether */
export const ENROLL_TOTAL_RATE = { burst: 50, rate: 1 }

/** Lines in the log for one kind of cut enrolment: one each 10 s */
export const ENROLL_LOG_RATE = { burst: 1, rate: 0.1, keys: 16 }

/** Tickets in redemption at one time */
export const MAX_ENROLLMENTS = 8
