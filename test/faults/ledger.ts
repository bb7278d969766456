import { createHash } from 'node:crypto'

/** What the clients were told, each in its own words: the truth that the daemons are held to */
export interface Ledger {
  /** Acknowledged tasks: id to its creator and recipients */
  readonly tasks: Map<string, AcknowledgedTask>
  /** Acknowledged final results: `task id/app` */
  readonly results: Set<string>
  /** What must never happen, in plain words */
  readonly violations: string[]
}

export interface AcknowledgedTask {
  from: string
  to: string[]
  body: string
}

export function createLedger (): Ledger {
  return { tasks: new Map(), results: new Set(), violations: [] }
}

/** What a worker answers: depends on the whole body, so a mixed-up or cut one shows */
export function answerTo (taskId: string, app: string, body: string): string {
  return createHash('sha256').update(`${taskId}\n${app}\n${body}`).digest('hex')
}
