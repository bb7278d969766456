import { createHash } from 'node:crypto'

/** What the clients were told, each in its own words: the truth that the daemons are held to */
export interface Ledger {
  /** Acknowledged tasks: id to its creator and recipients */
  readonly tasks: Map<string, AcknowledgedTask>
  /** Acknowledged final results by `task id/app`: the one that has effect */
  readonly results: Map<string, FinalAnswer>
  /** Tasks that their creator asked to take back: when that was acknowledged, `performance.now()` */
  readonly cancels: Map<string, number | undefined>
  /** Claims of a task that somebody else held, answers whose lease was lost, tries that failed */
  readonly seen: { held: number, lost: number, failed: number, cancelled: number }
  /** Everything arrived: what was taken back must not be offered from here on, `performance.now()` */
  healed: number
  /** What must never happen, in plain words */
  readonly violations: string[]
}

export interface FinalAnswer {
  /** Which of the app's clients said it */
  by: string
  /** When it was acknowledged, `performance.now()` */
  at: number
}

export interface AcknowledgedTask {
  from: string
  to: string[]
  body: string
}

export function createLedger (): Ledger {
  return { tasks: new Map(), results: new Map(), cancels: new Map(), seen: { held: 0, lost: 0, failed: 0, cancelled: 0 }, healed: Infinity, violations: [] }
}

/** What a worker answers: depends on the whole body, so a mixed-up or cut one shows, and on which client says it */
export function answerTo (taskId: string, app: string, body: string, by = app): string {
  return createHash('sha256').update(`${taskId}\n${app}\n${by}\n${body}`).digest('hex')
}
