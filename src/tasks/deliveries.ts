import { siteOf } from '../core/ids.ts'
import { ownTask } from './own.ts'
import type { TasksContext } from './context.ts'
import type { Tasks } from './index.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { RecipientDelivery } from '../store/index.ts'

/** Where is my task? For each recipient, and why it is not further */
export async function deliveries (context: TasksContext, app: AppId, id: string): ReturnType<Tasks['deliveries']> {
  const own = await ownTask(context, app, id)

  if (own.kind !== 'found') {
    return own
  }

  const { creator } = own.task
  const rows = await context.store.listDeliveries({ task: { creator, id }, now: context.clock.now() })

  return {
    kind: 'found',
    deliveries: rows.map((row) => {
      const note = noteOf(context, own.task, row)

      return note == null ? row : { ...row, note }
    })
  }
}

/** For the operator: every task here with this id, whoever created it */
export async function show (context: TasksContext, id: string): ReturnType<Tasks['show']> {
  const { store, clock } = context
  const now = clock.now()
  const tasks = await store.findTasks({ id })

  return Promise.all(tasks.map(async ({ body, localExpires, envelopeHash, ...facts }) => {
    const task = { creator: facts.creator, id: facts.id }
    const deliveries = await store.listDeliveries({ task, now })
    const notes: Record<SiteId, string> = {}

    for (const row of deliveries) {
      const note = noteOf(context, task, row)

      if (note != null) {
        notes[siteOf(row.to, context.network)] = note
      }
    }

    return { ...facts, size: body.size, deliveries, notes }
  }))
}

function noteOf ({ network, couriers }: TasksContext, task: { creator: SiteId, id: string }, row: RecipientDelivery): string | undefined {
  return row.state === 'queued' || row.state === 'parked' ? couriers.note(siteOf(row.to, network), task) : undefined
}
