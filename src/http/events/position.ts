import { quote } from '../../core/ids.ts'
import { HttpError } from '../errors.ts'
import { single } from '../query.ts'
import type { Position } from '../../events/app-events.ts'
import type { EventKind } from '../../store/index.ts'

/** The compiler sees that none is missing */
const KINDS: Record<EventKind, true> = {
  task_arrived: true,
  task_delivered: true,
  task_refused: true,
  task_claimed: true,
  task_answered: true,
  task_expired: true,
  task_cancelled: true,
  task_offered_again: true,
  task_failed: true,
  lease_taken: true,
  lease_ended: true,
  result_delivered: true,
  result_refused: true
}

/**
 * `?after=`, else `Last-Event-ID`, which a client sends when it reconnects by itself.
 * A number alone is one of this life of the store.
 *
 * @throws {HttpError} 400
 */
export function parseAfter (query: URLSearchParams, header: string | string[] | undefined, incarnation: number): Position | undefined {
  // event-source libraries send an empty header before the first event
  const resumed = header?.toString() ?? ''
  // the address of a client that reconnects still says where it began
  const [name, text] = resumed === '' ? ['after', single(query, 'after', '')] : ['Last-Event-ID', resumed]

  if (text == null) {
    return
  }

  const parts = /^(?:(\d{1,15})-)?(\d{1,15})$/.exec(text)

  if (parts == null) {
    throw new HttpError(400, `${name} must be the id of an event such as "1-42", or a number, not ${quote(text)}`)
  }

  return { incarnation: parts[1] == null ? incarnation : Number(parts[1]), n: Number(parts[2]) }
}

/** @throws {HttpError} 400 */
export function parseTypes (query: URLSearchParams): Set<string> | undefined {
  const text = single(query, 'types', '')

  if (text == null) {
    return
  }

  const types = text.split(',').map(type => type.trim())
  const unknown = types.find(type => !Object.hasOwn(KINDS, type))

  if (unknown != null) {
    throw new HttpError(400, `types must be kinds of events, such as "task_arrived,task_answered", not ${quote(unknown)}`)
  }

  return new Set(types)
}
