import type { Ledger } from './ledger.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimSite } from './sim-site.ts'
import type { VirtualClock } from './virtual-clock.ts'
import type { WorkStatus } from '../../../src/store/index.ts'
import type { RunningTasks } from '../../../src/tasks/create-tasks.ts'
import type { AnswerOutcome, NewTask, TaskView } from '../../../src/tasks/index.ts'

export interface AppContext {
  site: SimSite
  ledger: Ledger
  clock: VirtualClock
  random: SeededRandom
  /** Every worker app of the network */
  workers: string[]
}

/** Of the crews, ms */
const LEASE = 1_500

/** Tries are never used up: what is acknowledged as failed stays what its creator reads */
const RETRY = '{"retry":{"backoff_millisecs":200,"max_tries":1000}}'

/** Bytes of the large bodies: a few chunks of a bulk channel */
const LARGE = 600_000

/** An ordinary app that POSTs and, when its daemon died on it, POSTs the same again */
export async function creator (context: AppContext, count: number): Promise<void> {
  const { site, ledger, clock, random, workers } = context
  const cancels: Array<Promise<void>> = []

  for (let i = 0; i < count; i++) {
    await sleep(clock, random.int(0, 2_500))
    const brief = random.chance(0.1)
    const ttlMs = brief ? random.int(2_000, 30_000) : 7_200_000
    const retry = random.chance(0.3)
    const task: NewTask = {
      id: random.uuid(),
      from: `creator.${site.site}`,
      to: random.sample(workers, random.int(1, 3)),
      body: random.chance(0.08) ? 'x'.repeat(LARGE) : `question ${i}`,
      ttl: `${ttlMs / 1_000}s`,
      ttlMs,
      failureStrategy: retry ? RETRY : '"discard"',
      metadata: '{"n":1}'
    }
    let life = site.restores
    await persist(context, async (tasks) => {
      // a site that was restored may have forgotten it: said again it would be another task of the same id
      if (site.restores !== life) {
        life = site.restores
        task.id = random.uuid()
      }

      return tasks.create(task)
    })
    ledger.created(task, site.site, brief)

    if (random.chance(0.15)) {
      cancels.push(cancel(context, task.id))
    }
  }

  await Promise.all(cancels)
}

async function cancel (context: AppContext, id: string): Promise<void> {
  const { site, ledger, clock, random } = context
  await sleep(clock, random.int(0, 5_000))
  ledger.cancels.set(id, false)
  const { kind } = await persist(context, async (tasks) => tasks.cancel(`creator.${site.site}`, id))

  // its life may be over
  if (kind === 'cancelled' || kind === 'already') {
    ledger.cancelled(id)
  }
}

/** Two of them share one app: each holds what it works on by a short lease, and is late, or falls silent, now and then */
export async function crew (context: AppContext, name: string, done: () => boolean): Promise<void> {
  const { site, ledger, clock, random } = context
  const app = `crew.${site.site}`

  while (!done()) {
    const before = ledger.finishedOf(app)
    const abort = new AbortController()
    const todo = await persist(context, async (tasks) => tasks.list(app, { todo: true }, { count: 1, time: 5_000, signal: abort.signal }))

    for (const task of todo) {
      ledger.offered(app, task.id, before)

      if (!before.has(task.id)) {
        await hold(context, app, name, task)
      }
    }

    await sleep(clock, random.int(10, 400))
  }
}

async function hold (context: AppContext, app: string, name: string, view: TaskView): Promise<void> {
  const { ledger, clock, random } = context
  const say = async (status: WorkStatus, body: string, more: { lease?: number, token?: number }): Promise<AnswerOutcome> => {
    const outcome = await persist(context, async (tasks) => tasks.answer({ taskId: view.id, from: app, to: [view.from], status, metadata: 'null', body, ...more }))

    if (outcome.kind === 'created' || outcome.kind === 'updated') {
      const known = ledger.answers.get(`${view.id} ${app}`)
      ledger.answered({ task: { ...view, body: '', ttlMs: 0 }, creator: view.creator, from: app, version: (known?.version ?? 0) + 1, status, body })
    } else if (outcome.kind === 'lease-lost' || outcome.kind === 'token-needed') {
      ledger.seen.lost++
    } else if (outcome.kind === 'leased') {
      ledger.seen.held++
    }

    return outcome
  }

  const claim = await say('claimed', '', { lease: LEASE })

  if ((claim.kind !== 'created' && claim.kind !== 'updated') || claim.token == null || random.chance(0.1)) {
    return
  }

  const { token } = claim
  await sleep(clock, random.chance(0.15) ? random.int(LEASE, 4 * LEASE) : random.int(0, 300))

  if (view.failureStrategy === RETRY && random.chance(0.3)) {
    ledger.seen.failed++
    await say('tempfailed', `failed under ${token}`, { token })

    return
  }

  const { kind } = await say('succeeded', `done by ${name} under ${token}`, { token })

  if (kind === 'created' || kind === 'updated') {
    ledger.finished(view.id, app, `${name} under ${token}`)
  }
}

/** An ordinary worker: polls what is to do, claims, fails now and then, answers, corrects itself */
export async function worker (context: AppContext, done: () => boolean): Promise<void> {
  const { site, ledger, clock, random } = context
  const app = `worker.${site.site}`
  const jobs: Array<Promise<void>> = []
  const busy = new Set<string>()

  while (!done()) {
    ledger.polls++
    const abort = new AbortController()
    const todo = await persist(context, async (tasks) => tasks.list(app, { todo: true }, { count: 1, time: 5_000, signal: abort.signal }))

    for (const task of todo) {
      ledger.offered(app, task.id)

      if (!busy.has(task.id)) {
        busy.add(task.id)
        jobs.push(work(context, app, task).finally(() => { busy.delete(task.id) }))
      }
    }

    await sleep(clock, random.int(10, 400))
  }

  await Promise.all(jobs)
}

async function work (context: AppContext, app: string, view: TaskView): Promise<void> {
  const { ledger, clock, random } = context
  let version = 0
  const answer = async (status: WorkStatus): Promise<boolean> => {
    await sleep(clock, random.int(0, 300))
    const body = random.chance(0.03) ? `${version} ${'y'.repeat(LARGE)}` : `${status} ${++version}`
    const outcome = await persist(context, async (tasks) => tasks.answer({ taskId: view.id, from: app, to: [view.from], status, metadata: 'null', body }))

    if (outcome.kind === 'created' || outcome.kind === 'updated') {
      const known = ledger.answers.get(`${view.id} ${app}`)
      ledger.answered({ task: { ...view, body: '', ttlMs: 0 }, creator: view.creator, from: app, version: (known?.version ?? 0) + 1, status, body })

      return true
    }

    // expired meanwhile: nothing more to do
    return false
  }

  const steps: WorkStatus[] = [
    ...(random.chance(0.5) ? ['claimed' as const] : []),
    ...(random.chance(0.15) ? ['tempfailed' as const] : []),
    'succeeded',
    ...(random.chance(0.2) ? ['succeeded' as const] : []),
    ...(random.chance(0.1) ? ['permfailed' as const] : [])
  ]

  for (const step of steps) {
    if (!await answer(step)) {
      return
    }
  }
}

/** Tries until the daemon answers; it may have done it and died before saying so */
async function persist<T> ({ site, clock, random }: AppContext, fn: (tasks: RunningTasks) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      if (site.up) {
        return await site.call(fn)
      }
    } catch (err: any) {
      // a daemon whose clock was set back says 503 until it is right again
      if (err.code !== 'UNAVAILABLE' && !/was killed|disk is full/.test(err.message)) {
        throw err
      }
    }

    await sleep(clock, random.int(50, 500))
  }
}

export async function sleep (clock: VirtualClock, ms: number): Promise<void> {
  await new Promise<void>((resolve) => { clock.setTimeout(resolve, ms) })
}
