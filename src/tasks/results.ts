import { resultsOf } from '../events/index.ts'
import { ownTask } from './own.ts'
import { inSteps } from './steps.ts'
import { bytesOfAnswer, resultViews, withinAnswer } from './views.ts'
import { Hold, lastSeq, waits } from './wait.ts'
import type { TasksContext } from './context.ts'
import type { Tasks, Wait } from './index.ts'
import type { OwnTask } from './own.ts'
import type { Steps } from './steps.ts'
import type { AppId } from '../core/ids.ts'
import type { StoredResult } from '../store/index.ts'

/** Bytes of results that one waiting call keeps in memory, so as not to read them again; the one that ends it may be larger */
const KEPT = 16_384

type Outcome = Awaited<ReturnType<Tasks['results']>>

/**
 * Results that name the creator. Claimed ones are returned but never waited for;
 * each later version that is not a claim counts again, as in Beam. A task that
 * expires meanwhile ends the wait: what came is returned.
 */
export async function results (context: TasksContext, app: AppId, id: string, wait: Wait, bodies?: 'all' | 'none'): Promise<Outcome> {
  const { self, store, clock, config } = context
  // results are read in the same turn as the task that they belong to: own tasks have one creator
  const key = { creator: self, id }
  const read = async (): Promise<Steps<StoredResult>> => {
    const { items, ...taken } = await inSteps(async (after, maxBytes) => store.listResults({ task: key, after, maxBytes, bare: bodies === 'none' }), wait.room)

    // a version that came between two steps is behind the one that it replaced
    return { items: merge(items.filter(({ to }) => to.includes(app)), []), ...taken }
  }

  if (!waits(wait)) {
    const [own, present] = await Promise.all([ownTask(context, app, id), read()])

    return own.kind === 'found' ? found(context, present, wait, bodies) : own
  }

  let purged = false
  let known: StoredResult[] | undefined
  let news: StoredResult[] | undefined = []
  const hold = new Hold(context, {
    key: resultsOf(key),
    wait,
    longest: config.api.maxWait,
    select: (event) => {
      if (event.kind === 'result') {
        if (news != null && event.result.to.includes(app)) {
          news = bytesOf(news) > KEPT ? undefined : [...news, event.result]
        }

        return counts(event.result, app) ? event.result.seq : undefined
      }

      purged ||= event.kind === 'purged'

      return 'end'
    }
  })

  /** The answer, when there is nothing to wait for; else no more is kept than what is little */
  const atOnce = async (): Promise<Outcome | undefined> => {
    const [own, present]: [OwnTask, Steps<StoredResult>] = await Promise.all([ownTask(context, app, id), read()])

    if (own.kind !== 'found') {
      return own
    }

    const counted = present.items.filter((result) => counts(result, app)).length

    if (own.task.cancelled != null || own.task.localExpires <= clock.now() || counted >= (wait.count ?? Infinity)) {
      return found(context, present, wait, bodies)
    }

    if (wait.count != null) {
      known = bytesOf(present.items) > KEPT ? undefined : present.items
      hold.need(wait.count - counted, lastSeq(present.items))
    }

    present.giveBack()
  }

  try {
    const outcome = await atOnce()

    if (outcome != null) {
      return outcome
    }

    await hold.ended

    if (purged) {
      return { kind: 'gone' }
    }

    if (wait.signal.aborted) {
      return { kind: 'found', results: [] }
    }

    const merged = known == null || news == null ? [] : merge(known, news)

    // what was read and what came since is all there is; whatever else ended the wait, it is read again
    return await found(context, merged.filter((result) => counts(result, app)).length >= (wait.count ?? Infinity) ? { items: merged, taken: 0 } : await read(), wait, bodies)
  } finally {
    hold.close()
  }
}

/** A row without its body counts, too */
function bytesOf (results: StoredResult[]): number {
  return results.reduce((sum, { body, metadata }) => sum + 512 + metadata.length + (body.inline?.byteLength ?? 0), 0)
}

/** The newest of each app, in order of arrival */
function merge (present: StoredResult[], news: StoredResult[]): StoredResult[] {
  const newest = new Map(present.map((result) => [result.from, result]))

  for (const result of news) {
    if (result.seq > (newest.get(result.from)?.seq ?? 0)) {
      newest.set(result.from, result)
    }
  }

  return [...newest.values()].sort((a, b) => a.seq - b.seq)
}

export function counts (result: Pick<StoredResult, 'status' | 'to'>, app: AppId): boolean {
  return result.status !== 'claimed' && result.to.includes(app)
}

async function found ({ store }: TasksContext, { items, taken }: Pick<Steps<StoredResult>, 'items' | 'taken'>, { room }: Wait, bodies?: 'all' | 'none'): Promise<Outcome> {
  const answered = withinAnswer(items, bodies)
  room?.(bytesOfAnswer(answered, bodies) - taken)

  return {
    kind: 'found',
    results: await resultViews(store, answered, bodies)
  }
}
