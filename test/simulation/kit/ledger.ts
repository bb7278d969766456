import type { SiteId, AppId } from '../../../src/core/ids.ts'
import type { Event } from '../../../src/events/index.ts'
import type { StoredResult, WorkStatus } from '../../../src/store/index.ts'
import type { NewTask } from '../../../src/tasks/index.ts'

export interface Acknowledged {
  task: NewTask
  creator: SiteId
  /** True for a life so short that it may end before delivery */
  brief: boolean
}

export interface Answered {
  task: NewTask
  creator: SiteId
  from: AppId
  /** Order in which this app's answers were acknowledged */
  version: number
  status: WorkStatus
  body: string
}

interface Seen { site: SiteId, incarnation: number, revision: number, body: string }

/**
 * What apps were told and what sites did, written down by the simulation and by
 * nobody whose work is judged with it.
 */
export class Ledger {
  /** Tasks whose POST was answered */
  readonly tasks = new Map<string, Acknowledged>()
  /** Newest answer of each app whose PUT was answered */
  readonly answers = new Map<string, Answered>()
  /** How often a site stored a task as new, by site and task */
  readonly stored = new Map<string, number>()
  /** Versions of results in the order in which a creator's site took them in */
  readonly versions = new Map<string, Seen[]>()
  /** Tasks offered to an app although it had been told that its success is kept */
  readonly offeredAgain: string[] = []
  /** Tasks whose creator asked to take them back; true once that was acknowledged */
  readonly cancels = new Map<string, boolean>()
  /** Versions of results that a creator's site took in after it had acknowledged the cancel */
  readonly afterCancel: string[] = []
  /** Tasks offered although everybody knew that they were cancelled */
  readonly offeredCancelled: string[] = []
  /** Under leases: the holders whose final answer was acknowledged, by task and app */
  readonly finals = new Map<string, Set<string>>()
  /** Answers that came without their lease, claims of what another held, tries that failed */
  readonly seen = { lost: 0, held: 0, failed: 0 }
  /** Everything arrived: no cancel is under way any more */
  healed = false
  /** Envelopes that waited when all was healed, and still did a little later */
  readonly slow: string[] = []
  polls = 0

  created (task: NewTask, creator: SiteId, brief: boolean): void {
    this.tasks.set(task.id, { task, creator, brief })
  }

  /** A final answer under a lease was acknowledged */
  finished (id: string, app: AppId, holder: string): void {
    const key = `${id} ${app}`
    this.finals.set(key, (this.finals.get(key) ?? new Set()).add(holder))
  }

  /** Ids of what an app was told to be kept for good */
  finishedOf (app: AppId): Set<string> {
    return new Set([...this.finals.keys()].filter((key) => key.endsWith(` ${app}`)).map((key) => key.slice(0, -app.length - 1)))
  }

  answered (answer: Answered): void {
    this.answers.set(`${answer.task.id} ${answer.from}`, answer)
  }

  /** `before`: what had its success acknowledged when the app asked */
  offered (app: AppId, id: string, before?: ReadonlySet<string>): void {
    if (this.healed && this.cancels.get(id) === true) {
      this.offeredCancelled.push(`${id} to ${app}`)
    }

    if (before?.has(id) ?? this.answers.get(`${id} ${app}`)?.status === 'succeeded') {
      this.offeredAgain.push(`${id} to ${app}`)
    }
  }

  /** Every event of every site's bus */
  event (site: SiteId, key: string, event: Event): void {
    if (event.kind === 'task' && key.startsWith('task/')) {
      const what = `${site} ${event.task.id}`
      this.stored.set(what, (this.stored.get(what) ?? 0) + 1)
    } else if (event.kind === 'result') {
      const { task, from, incarnation, revision, body } = event.result
      const what = `${task.id} ${from}`

      if (site === task.creator && this.cancels.get(task.id) === true) {
        this.afterCancel.push(what)
      }

      this.versions.set(what, [...this.versions.get(what) ?? [], { site, incarnation, revision, body: textOf(event.result) ?? `${body.size} bytes` }])
    }
  }
}

function textOf ({ body }: StoredResult): string | undefined {
  return body.inline == null ? undefined : Buffer.from(body.inline).toString()
}
