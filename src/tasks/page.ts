import { MAX_ANSWER_BYTES } from './limits.ts'
import { ownTask } from './own.ts'
import { NEXT_STEP } from './steps.ts'
import { bytesOfAnswer, bytesOfTasks, resultViews, taskViews } from './views.ts'
import type { TasksContext } from './context.ts'
import type { Page, PageAsked, ResultPageAsked, ResultView, TaskPageAsked, TaskView } from './index.ts'
import type { AppId, SiteId } from '../core/ids.ts'

/** A page of tasks; never waits */
export async function pageTasks (context: TasksContext, app: AppId | SiteId, asked: TaskPageAsked): Promise<Page<TaskView>> {
  const { store, clock } = context
  const now = clock.now()
  const { items, next } = await store.pageTasks({ app, as: asked.as, state: asked.state, ...limitsOf(asked, now), now })
  asked.room?.(bytesOfTasks(items, app, asked.bodies))

  return { items: await taskViews(store, items, app, asked.bodies), next }
}

export async function pageResults (context: TasksContext, app: AppId, id: string, asked: ResultPageAsked): Promise<Page<ResultView> & { kind: 'found' } | { kind: 'not-found' | 'not-creator' }> {
  const { store, clock } = context
  const own = await ownTask(context, app, id)

  if (own.kind !== 'found') {
    return own
  }

  const { items, next } = await store.pageResults({ task: { creator: own.task.creator, id }, to: app, status: asked.status, ...limitsOf(asked, clock.now()) })
  asked.room?.(bytesOfAnswer(items, asked.bodies))

  return { kind: 'found', items: await resultViews(store, items, asked.bodies), next }
}

function limitsOf ({ after, limit, olderThan, newerThan, bodies }: PageAsked, now: number): { after: number, limit: number, arrivedFrom?: number, arrivedBefore?: number, maxBytes: number, maxInline: number, bare: boolean } {
  return {
    after,
    limit,
    maxBytes: MAX_ANSWER_BYTES,
    maxInline: NEXT_STEP,
    bare: bodies === 'none',
    ...(newerThan == null ? {} : { arrivedFrom: Math.max(0, now - newerThan) }),
    ...(olderThan == null ? {} : { arrivedBefore: Math.max(0, now - olderThan) })
  }
}
