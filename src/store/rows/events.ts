import type { AppId, SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { Fact } from '../fact.ts'
import type { TaskKey } from '../types/facts.ts'
import type { AppEvent, EventKind } from '../types/journal.ts'

/**
 * Apps that are listened for. Only an app that asked for its events once has any: who
 * never asks costs nothing, and nobody else can have rows written by inventing names.
 */
export function eventHeads (ctx: Context): Map<AppId, number> {
  const state = ctx.journal.events

  state.heads ??= new Map(ctx.all<{ app: AppId, last: number }>(`SELECT a.app, max(a.purged, coalesce((SELECT max(n) FROM events e WHERE e.app = a.app), 0)) AS last
    FROM event_apps a WHERE a.open = 1`).map(({ app, last }) => [app, last]))

  return state.heads
}

/** Whether any app of this site is listened for */
export function anyEvents (ctx: Context): boolean {
  return eventHeads(ctx).size > 0
}

/** An app was removed: its events go, its numbers stay given */
export function closeEvents (ctx: Context, name: string): void {
  const heads = eventHeads(ctx)

  for (const [app, last] of heads) {
    if (app.startsWith(`${name}.`)) {
      ctx.run('DELETE FROM events WHERE app = ?', app)
      ctx.run('UPDATE event_apps SET open = 0, purged = ? WHERE app = ?', last, app)
      heads.delete(app)
    }
  }
}

type NewEvent = Omit<AppEvent, 'n' | 'creator' | 'task'> & { key: TaskKey }

function add (ctx: Context, heads: Map<AppId, number>, app: AppId | SiteId, { kind, at, key, from, to, status, reason }: NewEvent): void {
  const last = heads.get(app)

  if (last == null) {
    return
  }

  ctx.run('INSERT INTO events (app, n, kind, at, creator, task, sender, recipient, status, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    app, last + 1, kind, at, key.creator, key.id, from, to, status ?? null, reason ?? null)
  heads.set(app, last + 1)
  ctx.journal.events.fresh.add(app)
}

/** Writes the events that follow from a fact, for each app of this site that it concerns */
export function eventsOfFact (ctx: Context, fact: Fact): void {
  const heads = eventHeads(ctx)

  if (heads.size === 0 || !('task' in fact)) {
    return
  }

  const { task: key, at } = fact

  /** `whom` gets to know that `what` went from `from` to `to` */
  const tell = (whom: AppId | SiteId, kind: EventKind, from: AppId | SiteId, to: AppId | SiteId, more: { status?: string, reason?: string } = {}): void => {
    add(ctx, heads, whom, { kind, at, key, from, to, ...more })
  }

  switch (fact.kind) {
    case 'task-created':
    case 'task-received':
      each(fact.to, app => { tell(app, 'task_arrived', fact.from, app) })
      break
    case 'envelope-settled':
      // that it was cancelled was told; that each site knows is for the audit log
      if (fact.carries === 'cancel') {
        break
      }

      tell(fact.from, `${fact.carries}_${fact.outcome}`, fact.from, fact.site, { reason: fact.reason })
      break
    case 'result-put':
    case 'result-received':
      // whom the result does not name hears nothing of it
      if (fact.to.includes(fact.creator)) {
        tell(fact.creator, fact.status === 'claimed' ? 'task_claimed' : 'task_answered', fact.from, fact.creator, { status: fact.status })
      }
      break
    case 'task-expired':
    case 'task-cancelled':
    case 'cancel-received':
      each([fact.from, ...fact.to], app => { tell(app, fact.kind === 'task-expired' ? 'task_expired' : 'task_cancelled', fact.from, app) })
      break
    case 'lease-taken':
      tell(fact.app, 'lease_taken', fact.app, fact.app)
      break
    case 'lease-ended':
      tell(fact.app, 'lease_ended', fact.app, fact.app, { reason: fact.reason })
      break
    case 'offered-again':
      tell(fact.app, 'task_offered_again', fact.creator, fact.app, { reason: fact.reason })
      break
    case 'failed-for-good':
      each([fact.app, fact.creator], app => { tell(app, 'task_failed', fact.app, app, { reason: fact.reason }) })
      break
    default:
      throw new Error(fact satisfies never)
  }
}

/** Once each: a creator may be a recipient, too */
function each (apps: Array<AppId | SiteId>, fn: (app: AppId | SiteId) => void): void {
  new Set(apps).forEach(fn)
}
