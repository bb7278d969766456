import { resultsOf } from '../events/index.ts'
import { ownTask } from './own.ts'
import { resultView, withinAnswer } from './views.ts'
import { Hold, lastSeq, waits } from './wait.ts'
import type { TasksContext } from './context.ts'
import type { Tasks, Wait } from './index.ts'
import type { AppId } from '../core/ids.ts'
import type { StoredResult } from '../store/index.ts'

type Outcome = Awaited<ReturnType<Tasks['results']>>

/**
 * Results that name the creator. Claimed ones are returned but never waited for;
 * each later version that is not a claim counts again, as in Beam. A task that
 * expires meanwhile ends the wait: what came is returned.
 */
export async function results (context: TasksContext, app: AppId, id: string, wait: Wait): Promise<Outcome> {
  const { store, clock, config } = context
  const own = await ownTask(context, app, id)

  if (own.kind !== 'found') {
    return own
  }

  const { task } = own
  const key = { creator: task.creator, id: task.id }
  const read = async (): Promise<StoredResult[]> => (await store.listResults({ task: key })).filter(({ to }) => to.includes(app))

  if (!waits(wait) || task.localExpires <= clock.now()) {
    return found(context, await read())
  }

  let purged = false
  const hold = new Hold(context, {
    key: resultsOf(key),
    wait,
    longest: config.api.maxWait,
    select: (event) => {
      if (event.kind === 'result') {
        return counts(event.result, app) ? event.result.seq : undefined
      }

      purged ||= event.kind === 'purged'

      return 'end'
    }
  })

  try {
    if (wait.count != null) {
      const present = await read()
      const counted = present.filter((result) => counts(result, app)).length

      if (counted >= wait.count) {
        return await found(context, present)
      }

      hold.need(wait.count - counted, lastSeq(present))
    }

    await hold.ended

    if (purged) {
      return { kind: 'gone' }
    }

    return wait.signal.aborted ? { kind: 'found', results: [] } : await found(context, await read())
  } finally {
    hold.close()
  }
}

export function counts (result: Pick<StoredResult, 'status' | 'to'>, app: AppId): boolean {
  return result.status !== 'claimed' && result.to.includes(app)
}

async function found ({ store }: TasksContext, results: StoredResult[]): Promise<Outcome> {
  return {
    kind: 'found',
    results: await Promise.all(withinAnswer(results).map(async (result) => resultView(store, result)))
  }
}
