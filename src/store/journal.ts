/**
 * What happened, told once by the transition that did it and heard by two writers:
 * the events of apps and the audit log of the operator. Both write in the commit of
 * the transition itself, so neither can tell of what was not done.
 *
 * A fact names ids only: no body, no metadata, no key that is secret.
 */
import { auditFact, forgetAudit } from './rows/audit.ts'
import { eventsOfFact } from './rows/events.ts'
import type { Context } from './context.ts'
import type { Fact } from './fact.ts'
import type { Journal } from './journal-state.ts'
import type { StoreNews } from './types/journal.ts'

export type { Fact } from './fact.ts'

/** Called by each transition after it did what `fact` says, in the same transaction */
export function note (ctx: Context, fact: Fact): void {
  eventsOfFact(ctx, fact)
  auditFact(ctx, fact)
}

/**
 * Work was rolled back: whatever was counted is read anew from what is there. A
 * number that was given out and taken back is given out again, so that none is missing.
 */
export function forgetRolledBack ({ events, audit }: Journal): void {
  events.heads = undefined
  forgetAudit(audit)
}

/**
 * For whom there is something new since the last call. May name more than what was
 * committed, never less: whoever is told reads what there is.
 */
export function takeNews ({ events, audit }: Journal): StoreNews | undefined {
  if (events.fresh.size === 0 && audit.fresh === 0) {
    return undefined
  }

  const news: StoreNews = { apps: [...events.fresh], audit: audit.fresh }
  events.fresh.clear()
  audit.fresh = 0

  return news
}
