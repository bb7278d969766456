/**
 * A test double for unit tests of status codes: tasks of one site in memory, with
 * Beam's rules for who sees what. The real thing is tested end to end.
 */
import { Emitter } from '../../../src/core/bus.ts'
import type { AnswerOutcome, CreateOutcome, ListFilter, NewResult, NewTask, ResultEvent, ResultView, Tasks, TaskView, Wait } from '../../../src/tasks/index.ts'

export class MemoryTasks implements Tasks {
  readonly changed = new Emitter<undefined>()
  readonly tasks = new Map<string, TaskView>()
  readonly answers = new Map<string, ResultView[]>()
  /** Sites that are not members */
  strangers: string[] = []
  /** Held calls */
  waiting = 0
  ambiguous?: string[]
  failure?: Error
  #seq = 0

  async create (task: NewTask): Promise<CreateOutcome> {
    this.#fail()

    const sites = this.#strangersIn(task.to)

    if (sites.length > 0) {
      return { kind: 'not-members', sites }
    }

    if (this.tasks.has(task.id)) {
      return { kind: 'exists' }
    }

    const { ttlMs, body, ...facts } = task

    this.tasks.set(task.id, { ...facts, ...bodyOf(body), creator: 'proxy1.broker', expires: Date.now() + ttlMs, seq: ++this.#seq })
    this.answers.set(task.id, [])
    this.changed.emit(undefined)

    return { kind: 'created' }
  }

  async list (app: string, { todo, as }: ListFilter, wait: Wait): Promise<TaskView[]> {
    this.#fail()

    return this.#until(wait, () => [...this.tasks.values()]
      .filter((task) => (!todo && as !== 'recipient' && task.from === app) || (as !== 'creator' && task.to.includes(app)))
      .filter((task) => !todo || !(this.answers.get(task.id) ?? []).some(({ from, status }) => from === app && status !== 'tempfailed'))
      .map((task) => ({ ...task, body: task.to.includes(app) ? task.body : undefined })), (tasks) => tasks.length)
  }

  /** Pages are the store's: shown end to end */
  async pageTasks (): Promise<never> {
    throw new Error('the test double has no pages')
  }

  async pageResults (): Promise<never> {
    throw new Error('the test double has no pages')
  }

  async get (app: string, id: string, wait: Wait): ReturnType<Tasks['get']> {
    if (this.ambiguous != null) {
      return { kind: 'ambiguous', creators: this.ambiguous }
    }

    const [task] = await this.#until(wait, () => [...this.tasks.values()].filter((task) => task.id === id && (task.from === app || task.to.includes(app))), (tasks) => tasks.length)

    return task == null ? { kind: 'not-found' } : { kind: 'found', task }
  }

  async answer (result: NewResult): Promise<AnswerOutcome> {
    this.#fail()

    const sites = this.#strangersIn(result.to)
    const { taskId: id, body, ...facts } = result
    const task = this.tasks.get(id)

    if (sites.length > 0) {
      return { kind: 'not-members', sites }
    }

    if (this.ambiguous != null) {
      return { kind: 'ambiguous', creators: this.ambiguous }
    }

    if (task == null) {
      return { kind: 'unknown-task' }
    }

    if (!task.to.includes(result.from)) {
      return { kind: 'not-recipient' }
    }

    const before = this.answers.get(id) ?? []
    const mine = before.find(({ from }) => from === result.from)

    if (mine?.status === 'succeeded' && result.status === 'claimed') {
      return { kind: 'ignored' }
    }

    this.answers.set(id, [...before.filter((other) => other !== mine), { ...facts, ...bodyOf(body), task: { creator: task.creator, id }, seq: ++this.#seq }])
    this.changed.emit(undefined)

    return { kind: mine == null ? 'created' : 'updated' }
  }

  async results (app: string, id: string, wait: Wait): ReturnType<Tasks['results']> {
    const refused = this.#refused(app, id)

    return refused ?? { kind: 'found', results: await this.#until(wait, () => this.answers.get(id) ?? [], (results) => results.filter(({ status }) => status !== 'claimed').length) }
  }

  async watch (app: string, id: string, after: number, wait: Wait): ReturnType<Tasks['watch']> {
    return this.#refused(app, id) ?? { kind: 'watching', events: this.#events(id, after, wait) }
  }

  async deliveries (app: string, id: string): ReturnType<Tasks['deliveries']> {
    return this.#refused(app, id) ?? {
      kind: 'found',
      deliveries: (this.tasks.get(id)?.to ?? []).map((to) => ({ to, state: 'queued', since: 1_700_000_000_000 }))
    }
  }

  async cancel (by: string, id: string): ReturnType<Tasks['cancel']> {
    const refused = this.#refused(by, id)

    if (refused == null) {
      this.tasks.delete(id)
    }

    return refused ?? { kind: 'cancelled' }
  }

  async recent (): ReturnType<Tasks['recent']> {
    return []
  }

  async show (): ReturnType<Tasks['show']> {
    return []
  }

  async * #events (id: string, after: number, wait: Wait): AsyncGenerator<ResultEvent> {
    let last = after
    let left = wait.count ?? Infinity
    const ends = wait.time == null ? undefined : Date.now() + wait.time

    const next = (): ResultView | undefined => (this.answers.get(id) ?? []).find(({ seq }) => seq > last)

    while (true) {
      for (let result = next(); result != null; result = next()) {
        last = result.seq
        yield { kind: 'result', result }

        if (result.status !== 'claimed' && --left === 0) {
          return
        }
      }

      if (wait.count == null && wait.time == null) {
        return
      }

      if (ends != null && Date.now() >= ends) {
        yield { kind: 'wait-expired' }
        return
      }

      if (!await this.#change(wait.signal, ends)) {
        return
      }
    }
  }

  #refused (app: string, id: string): { kind: 'not-found' | 'not-creator' } | undefined {
    const task = this.tasks.get(id)

    if (task == null) {
      return { kind: 'not-found' }
    }

    return task.from === app ? undefined : { kind: 'not-creator' }
  }

  #strangersIn (to: string[]): string[] {
    return this.strangers.filter((site) => to.some((id) => id === site || id.endsWith(`.${site}`)))
  }

  #fail (): void {
    if (this.failure != null) {
      throw this.failure
    }
  }

  async #until<T> (wait: Wait, read: () => T, count: (found: T) => number): Promise<T> {
    const ends = wait.time == null ? undefined : Date.now() + wait.time
    const enough = (): boolean => (wait.count == null ? ends == null : count(read()) >= wait.count) || (ends != null && Date.now() >= ends)

    while (!enough() && await this.#change(wait.signal, ends)) {
      // look again
    }

    return read()
  }

  /** False when the client went away */
  async #change (signal: AbortSignal, ends: number | undefined): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const end = (): void => { resolve(undefined) }
    const unsubscribe = this.changed.subscribe(end)
    const timer = ends == null ? undefined : setTimeout(end, ends - Date.now())

    signal.addEventListener('abort', end)
    this.waiting++

    try {
      await promise

      return !signal.aborted
    } finally {
      this.waiting--
      unsubscribe()
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
    }
  }
}

/** Long bodies are handed out as bytes, as the daemon does */
function bodyOf (body: string | Uint8Array): { body: string, bodyBytes?: Uint8Array } {
  return typeof body === 'string' ? { body } : { body: '', bodyBytes: body }
}
