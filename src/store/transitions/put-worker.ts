import type { Context } from '../context.ts'
import type { WorkerRow } from '../index.ts'

/** What an app can do, until its lease ends; replaces what it said before. No precondition. */
export function putWorker (ctx: Context, { app, capabilities, until }: WorkerRow): void {
  ctx.run('INSERT OR REPLACE INTO workers (app, capabilities, until) VALUES (?, ?, ?)', app, JSON.stringify(capabilities), until)
}
