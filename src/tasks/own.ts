import type { TasksContext } from './context.ts'
import type { AppId } from '../core/ids.ts'
import type { StoredTask } from '../store/index.ts'

export type OwnTask =
  | { kind: 'found', task: StoredTask }
  | { kind: 'not-found' | 'not-creator' }

/**
 * Results and deliveries are the creator's business alone. A task created here has
 * one owner and its id is unique among them, so nothing can be ambiguous.
 */
export async function ownTask ({ self, store }: TasksContext, app: AppId, id: string): Promise<OwnTask> {
  const tasks = await store.findTasks({ id, bare: true })
  const task = tasks.find(({ creator, from }) => creator === self && from === app)

  if (task != null) {
    return { kind: 'found', task }
  }

  return { kind: tasks.length > 0 ? 'not-creator' : 'not-found' }
}
