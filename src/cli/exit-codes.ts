import { NODE_TOO_OLD } from './check-node.js'

/** Worst finding of `doctor`; ok and notices end with 0 */
export const DOCTOR_WARNINGS = 12
export const DOCTOR_ERRORS = 13

/**
 * THE table of exit codes; docs/cli.md shows it and a test compares them. Each
 * error code of the daemon and of this program leads to one of them.
 */
export interface ExitCode {
  exit: number
  meaning: string
  /** BeamError codes that end with it */
  errors: string[]
}

export const EXIT_CODES: ExitCode[] = [
  { exit: 0, meaning: 'done', errors: [] },
  { exit: 1, meaning: 'failed for a reason that is not foreseen here; the message says what happened', errors: ['INTERNAL'] },
  { exit: 2, meaning: 'usage: a wrong flag, argument, configuration, ticket or id; nothing was changed', errors: ['USAGE', 'INVALID_INPUT'] },
  { exit: 3, meaning: 'the daemon of this data directory is not running', errors: ['NOT_RUNNING'] },
  { exit: 4, meaning: 'refused by policy or membership', errors: ['REFUSED', 'ENROLL_ANSWER'] },
  { exit: 5, meaning: 'the other site cannot be reached now', errors: ['UNREACHABLE'] },
  { exit: 6, meaning: 'exists already or is in the way; a daemon runs on this data directory already, or the address is in use', errors: ['CONFLICT', 'CANNOT_BIND', 'LISTEN', 'STORE_LOCKED'] },
  { exit: 7, meaning: 'what was named does not exist', errors: ['NOT_FOUND'] },
  { exit: 8, meaning: 'not possible now: draining, no space, the disk fails, clock set back, not ready in time', errors: ['UNAVAILABLE', 'CLOCK', 'STORE_FULL', 'STORE_IO', 'STORE_FAILED'] },
  { exit: 9, meaning: 'a limit was met; try again later', errors: ['LIMIT'] },
  { exit: NODE_TOO_OLD, meaning: 'this Node is too old', errors: ['NODE_TOO_OLD'] },
  { exit: 11, meaning: 'the data directory cannot be used as it is: written by a newer version, damaged, or private files that others can read', errors: ['UNSAFE_FILE', 'KEY_FILE', 'NETWORK_FILE', 'STORE_NEWER', 'STORE_FOREIGN', 'STORE_CORRUPT', 'STORE_UNOPENABLE'] },
  { exit: DOCTOR_WARNINGS, meaning: '`doctor` found warnings: it works, but will or may fail', errors: [] },
  { exit: DOCTOR_ERRORS, meaning: '`doctor` found errors: something does not work now', errors: [] },
  { exit: 130, meaning: 'ended at once by a second SIGINT or SIGTERM, without draining', errors: ['FORCED'] }
]

/** For codes that a room keeps to itself: not foreseen, so 1 */
export function exitCodeOf (errorCode: string): number {
  return EXIT_CODES.find(row => row.errors.includes(errorCode))?.exit ?? 1
}
