import type { AppId, SiteId } from '../core/ids.ts'

export interface Candidate {
  from: AppId
  to: Array<AppId | SiteId>
  localExpires: number
  cancelled?: number | null
}

export type Choice<T> =
  | { kind: 'chosen', task: T }
  | { kind: 'unknown-task' | 'not-recipient' | 'cancelled' }
  | { kind: 'ambiguous', creators: AppId[] }

/**
 * Which of the tasks of one id an app answers. Ids are chosen by apps: two creators
 * may have used the same. Then the result's `to` decides; if it does not, nobody guesses.
 */
export function chooseTask<T extends Candidate> (tasks: T[], result: { from: AppId, to: Array<AppId | SiteId> }, now: number): Choice<T> {
  const known = tasks.filter(({ localExpires }) => localExpires > now)

  if (known.length === 0) {
    return { kind: 'unknown-task' }
  }

  const his = known.filter(({ to }) => to.includes(result.from))
  const candidates = his.filter(({ cancelled }) => cancelled == null)

  if (candidates.length === 0 && his.length > 0) {
    return { kind: 'cancelled' }
  }

  if (candidates.length === 0) {
    return { kind: 'not-recipient' }
  }

  if (candidates.length === 1) {
    return { kind: 'chosen', task: candidates[0] }
  }

  const named = candidates.filter(({ from }) => result.to.includes(from))

  if (named.length === 1) {
    return { kind: 'chosen', task: named[0] }
  }

  return { kind: 'ambiguous', creators: candidates.map(({ from }) => from) }
}
