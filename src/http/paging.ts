import Type from 'typebox'
import { parseDuration } from '../core/durations.ts'
import { quote } from '../core/ids.ts'
import { BAD_QUERY } from './beam/texts.ts'
import { HttpError } from './errors.ts'
import { single } from './query.ts'
import type { PageAsked } from '../tasks/index.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Items of one page: the most, and how many when none is said */
export const MAX_PAGE = 1_000
const PAGE = 100

const FIELDS = ['limit', 'cursor', 'state', 'older_than', 'newer_than']

/** Whether a list is asked for in pages; else it is Beam's */
export function wantsPage (query: URLSearchParams): boolean {
  return FIELDS.some((name) => query.has(name))
}

/** @throws {HttpError} 400 naming the parameter and the rule */
export function parseBodies (query: URLSearchParams): 'all' | 'none' {
  return choice(query, 'bodies', ['all', 'none']) ?? 'all'
}

/** @throws {HttpError} 400 naming the parameter and the rule */
export function parsePage (query: URLSearchParams): PageAsked {
  for (const name of ['wait_count', 'wait_time']) {
    if (query.has(name)) {
      throw new HttpError(400, `${BAD_QUERY}${name} must not stand beside ${FIELDS.filter((field) => query.has(field)).join(', ')}: a page is answered at once`)
    }
  }

  const limit = single(query, 'limit', BAD_QUERY)

  if (limit != null && (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_PAGE)) {
    throw new HttpError(400, `${BAD_QUERY}limit must be a whole number from 1 to ${MAX_PAGE}, not ${quote(limit)}`)
  }

  return {
    limit: limit == null ? PAGE : Number(limit),
    after: parseCursor(single(query, 'cursor', BAD_QUERY)),
    bodies: parseBodies(query),
    ...age(query, 'older_than', 'olderThan'),
    ...age(query, 'newer_than', 'newerThan')
  }
}

/** @throws {HttpError} 400 naming the parameter and the rule */
export function choice<T extends string> (query: URLSearchParams, name: string, values: readonly T[]): T | undefined {
  const text = single(query, name, BAD_QUERY)

  if (text != null && !values.includes(text as T)) {
    throw new HttpError(400, `${BAD_QUERY}${name} must be one of ${values.join(', ')}, not ${quote(text)}`)
  }

  return text as T | undefined
}

/** Of an answer that may be a page, for the document of the API */
export const LINK = { Link: Type.String({ description: 'of a page behind which there is more: the address of the next, <…>; rel="next"' }) }

/** The address of the next page, with whatever else was asked for */
export function linkNext (request: FastifyRequest, reply: FastifyReply, query: URLSearchParams, next: number | undefined): void {
  if (next == null) {
    return
  }

  const following = new URLSearchParams(query)
  following.set('cursor', cursorOf(next))
  reply.header('link', `<${request.url.split('?', 1)[0]}?${following}>; rel="next"`)
}

/** Places in the order of arrival; what they are is nobody's business */
function cursorOf (place: number): string {
  return Buffer.from(`after ${place}`).toString('base64url')
}

function parseCursor (text: string | undefined): number {
  if (text == null) {
    return 0
  }

  const place = /^after (\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString())?.[1]

  if (place == null || cursorOf(Number(place)) !== text) {
    throw new HttpError(400, `${BAD_QUERY}cursor must be taken from the Link header of the page before, not ${quote(text)}`)
  }

  return Number(place)
}

function age (query: URLSearchParams, name: string, field: 'olderThan' | 'newerThan'): Partial<PageAsked> {
  const text = single(query, name, BAD_QUERY)
  const ms = text == null ? undefined : parseDuration(text, 's')

  if (text != null && ms == null) {
    throw new HttpError(400, `${BAD_QUERY}${name} must be a duration such as "30s" or "2h"; a number without unit counts seconds; not ${quote(text)}`)
  }

  return ms == null ? {} : { [field]: Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER) }
}
