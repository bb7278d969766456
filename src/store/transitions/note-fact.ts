import { note } from '../journal.ts'
import type { Context } from '../context.ts'
import type { NotedFact } from '../fact.ts'

/** Writes down something that no transition of its own does: a decision, a key that came or went. No precondition. */
export function noteFact (ctx: Context, fact: NotedFact): void {
  note(ctx, fact)
}
