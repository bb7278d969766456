import type { TasksContext } from './context.ts'
import type { RecentFilter, WaitingView } from './index.ts'
import type { SiteId } from '../core/ids.ts'
import type { TaskSummary } from '../store/index.ts'

/** Most tasks or envelopes that an operator gets in one listing */
export const MAX_LISTED = 10_000

/** Tasks that are read at a time: between two such pages the store is free for others */
const PAGE = 200

/** The newest tasks here, narrowed by what the store knows and then by where they stand */
export async function recent ({ store, clock }: TasksContext, limit: number, filter: RecentFilter = {}): Promise<TaskSummary[]> {
  const { state, app, olderThan } = filter
  const now = clock.now()
  const most = Math.min(limit, MAX_LISTED)
  const found: TaskSummary[] = []
  let below: number | undefined

  while (found.length < most) {
    const page = await store.recentTasks({ limit: state == null ? Math.min(PAGE, most - found.length) : PAGE, now, below, app, before: olderThan == null ? undefined : now - olderThan })

    found.push(...page.filter(({ deliveries }) => state == null || deliveries.some(delivery => delivery.state === state)))

    if (page.length === 0) {
      break
    }

    below = page[page.length - 1].seq
  }

  return found.slice(0, most)
}

/** What waits for other sites, oldest first, and why */
export async function waiting ({ store, clock, couriers }: TasksContext, limit: number, site?: SiteId): Promise<WaitingView[]> {
  const now = clock.now()
  const rows = await store.listWaiting({ site, limit: Math.min(limit, MAX_LISTED), now })

  return rows.map(row => {
    const note = row.reason ?? couriers.note(row.site, row.task)
    const next = row.state === 'queued' ? couriers.nextTry(row.site, row.task) : undefined

    return { ...row, ...(note == null ? {} : { note }), ...(next == null ? {} : { nextTry: now + Math.round(next) }) }
  })
}
