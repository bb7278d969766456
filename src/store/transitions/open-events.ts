import { eventHeads } from '../rows/events.ts'
import type { AppId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { OpenedEvents } from '../index.ts'

/**
 * An app asked for its events: from the first time on they are kept for it. No
 * precondition. Says where its numbering stands.
 */
export function openEvents (ctx: Context, { app }: { app: AppId }): OpenedEvents {
  const heads = eventHeads(ctx)

  if (!heads.has(app)) {
    ctx.run('INSERT INTO event_apps (app, open, purged) VALUES (?, 1, 0) ON CONFLICT (app) DO UPDATE SET open = 1', app)
    heads.set(app, purged(ctx, app))
  }

  return { last: heads.get(app) ?? 0, purged: purged(ctx, app) }
}

function purged (ctx: Context, app: AppId): number {
  return ctx.get<{ purged: number }>('SELECT purged FROM event_apps WHERE app = ?', app)?.purged ?? 0
}
