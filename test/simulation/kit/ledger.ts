import type { SiteId, AppId } from '../../../src/core/ids.ts'
import type { Event } from '../../../src/events/index.ts'
import type { StoredResult, WorkStatus } from '../../../src/store/index.ts'
import type { NewTask } from '../../../src/tasks/index.ts'

export interface Acknowledged {
  task: NewTask
  creator: SiteId
  /** True for a life so short that it may end before delivery */
  brief: boolean
  /** Virtual ms */
  at?: number
}

export interface Answered {
  task: NewTask
  creator: SiteId
  from: AppId
  /** Order in which this app's answers were acknowledged */
  version: number
  status: WorkStatus
  body: string
  /** Virtual ms */
  at?: number
  /** Its site was restored to an instant before it, and nothing was answered since */
  forgotten?: boolean
}

interface Seen { site: SiteId, incarnation: number, revision: number, body: string, at: number }

/**
 * What apps were told and what sites did, written down by the simulation and by
 * nobody whose work is judged with it.
 */
export class Ledger {
  /** Tasks whose POST was answered */
  readonly tasks = new Map<string, Acknowledged>()
  /** Newest answer of each app whose PUT was answered */
  readonly answers = new Map<string, Answered>()
  /** When a site stored a task as new, by site and task */
  readonly stored = new Map<string, number[]>()
  /** Versions of results in the order in which a creator's site took them in */
  readonly versions = new Map<string, Seen[]>()
  /** Tasks offered to an app although it had been told that its success is kept */
  readonly offeredAgain: string[] = []
  /** Tasks whose creator asked to take them back; true once that was acknowledged */
  readonly cancels = new Map<string, boolean>()
  readonly #cancelledAt = new Map<string, number>()
  /** Versions of results that a creator's site took in after it had acknowledged the cancel */
  readonly afterCancel: string[] = []
  /** Tasks offered although everybody knew that they were cancelled */
  readonly offeredCancelled: string[] = []
  /** Under leases: the holders whose final answer was acknowledged, by task and app */
  readonly finals = new Map<string, Set<string>>()
  readonly #finalAt = new Map<string, number>()
  /** What sites had taken in from others and a restore made them forget, as `site task` and `task app` */
  readonly undone = { tasks: new Set<string>(), results: new Set<string>() }
  /** Tasks, answers and cancels that were acknowledged by a site and forgotten by its restore */
  forgotten = 0
  /** Incarnations of each site's lives */
  readonly lives = new Map<SiteId, number[]>()
  readonly #now: () => number
  /** Answers that came without their lease, claims of what another held, tries that failed */
  readonly seen = { lost: 0, held: 0, failed: 0 }
  /** Everything arrived: no cancel is under way any more */
  healed = false
  /** Envelopes that waited when all was healed, and still did a little later */
  readonly slow: string[] = []
  polls = 0
  /** POSTs that were answered */
  posted = 0

  /** @param now - virtual ms */
  constructor (now: () => number) {
    this.#now = now
  }

  created (task: NewTask, creator: SiteId, brief: boolean): void {
    this.posted++
    this.tasks.set(task.id, { task: { ...task }, creator, brief, at: this.#now() })
  }

  cancelled (id: string): void {
    this.cancels.set(id, true)
    this.#cancelledAt.set(id, this.#now())
  }

  /**
   * A site goes back to what it was at `since`: what it took in and acknowledged after
   * that instant is undone there. This, and nothing else, a restore may forget.
   */
  restored (site: SiteId, since: number, incarnation: number): void {
    // in the very millisecond of the backup nobody says what came first
    const after = (at: number = 0): boolean => at >= since
    this.lives.set(site, [...this.lives.get(site) ?? [1], incarnation])

    for (const [id, { creator, at }] of this.tasks) {
      if (creator === site && after(at)) {
        this.tasks.delete(id)
        this.forgotten++

        if (this.cancels.has(id)) {
          this.cancels.set(id, false)
        }
      } else if (creator === site && this.cancels.get(id) === true && after(this.#cancelledAt.get(id))) {
        this.cancels.set(id, false)
        this.forgotten++
      }
    }

    for (const [key, answer] of this.answers) {
      if (siteOfApp(answer.from) === site && after(answer.at)) {
        this.answers.set(key, { ...answer, forgotten: true })
        this.finals.delete(key)
        this.forgotten++
      }
    }

    for (const [key, at] of this.#finalAt) {
      if (siteOfApp(key.split(' ')[1]) === site && after(at)) {
        this.finals.delete(key)
      }
    }

    for (const [key, times] of this.stored) {
      if (key.startsWith(`${site} `) && times.some(after)) {
        this.stored.set(key, times.filter((at) => !after(at)))
        this.undone.tasks.add(key)
      }
    }

    for (const [key, seen] of this.versions) {
      const kept = seen.filter((version) => version.site !== site || !after(version.at))

      if (kept.length < seen.length) {
        this.versions.set(key, kept)
        this.undone.results.add(key)
      }
    }
  }

  /** A final answer under a lease was acknowledged */
  finished (id: string, app: AppId, holder: string): void {
    const key = `${id} ${app}`
    this.finals.set(key, (this.finals.get(key) ?? new Set()).add(holder))
    this.#finalAt.set(key, this.#now())
  }

  /** What an app was told to be kept for good, and when */
  finishedOf (app: AppId): Map<string, number | undefined> {
    return new Map([...this.finals.keys()].filter((key) => key.endsWith(` ${app}`)).map((key) => [key.slice(0, -app.length - 1), this.#finalAt.get(key)]))
  }

  answered (answer: Answered): void {
    this.answers.set(`${answer.task.id} ${answer.from}`, { ...answer, at: this.#now() })
  }

  /** `before`: what had its success acknowledged when the app asked */
  offered (app: AppId, id: string, before?: ReadonlyMap<string, number | undefined>): void {
    if (this.healed && this.cancels.get(id) === true) {
      this.offeredCancelled.push(`${id} to ${app}`)
    }

    const answer = this.answers.get(`${id} ${app}`)

    if (before == null ? answer?.status === 'succeeded' && answer.forgotten !== true : before.has(id) && this.finals.has(`${id} ${app}`) && before.get(id) === this.#finalAt.get(`${id} ${app}`)) {
      this.offeredAgain.push(`${id} to ${app}`)
    }
  }

  /** Every event of every site's bus */
  event (site: SiteId, key: string, event: Event): void {
    if (event.kind === 'task' && key.startsWith('task/')) {
      const what = `${site} ${event.task.id}`
      this.stored.set(what, [...this.stored.get(what) ?? [], this.#now()])
    } else if (event.kind === 'result') {
      const { task, from, incarnation, revision, body } = event.result
      const what = `${task.id} ${from}`

      if (site === task.creator && this.cancels.get(task.id) === true) {
        this.afterCancel.push(what)
      }

      this.versions.set(what, [...this.versions.get(what) ?? [], { site, incarnation, revision, body: textOf(event.result) ?? `${body.size} bytes`, at: this.#now() }])
    }
  }
}

function siteOfApp (app: AppId): SiteId {
  return app.slice(app.indexOf('.') + 1)
}

function textOf ({ body }: StoredResult): string | undefined {
  return body.inline == null ? undefined : Buffer.from(body.inline).toString()
}
