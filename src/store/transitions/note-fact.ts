import { note } from '../journal.ts'
import type { Context } from '../context.ts'
import type { Fact } from '../journal.ts'

/** Writes down something that no transition of its own does: a decision. No precondition. */
export function noteFact (ctx: Context, fact: Extract<Fact, { kind: 'decision' }>): void {
  note(ctx, fact)
}
