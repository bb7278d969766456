import { parseDuration } from '../core/durations.ts'
import { parseId, quote } from '../core/ids.ts'
import { BAD_QUERY, LONG_POLL } from './beam/texts.ts'
import { HttpError } from './errors.ts'
import type { FastifyRequest } from 'fastify'

/** Beam counts in 16 bits */
const MAX_COUNT = 65_535

const NONE = new URLSearchParams()

/** Query parameters as they stand in the request; a trailing `?` or `&` is nothing, unknown keys are nobody's business */
export function queryOf (request: FastifyRequest): URLSearchParams {
  const url = request.url
  const mark = url.indexOf('?')

  return mark === -1 || mark === url.length - 1 ? NONE : new URLSearchParams(url.slice(mark + 1))
}

export interface AskedWait {
  count?: number
  /** ms, capped */
  time?: number
}

/**
 * @throws {HttpError} 400 with Beam's text, then the parameter and the rule
 */
export function parseWait (query: URLSearchParams, maxWait: number): AskedWait {
  const wait: AskedWait = {}
  const count = single(query, 'wait_count', `${LONG_POLL}\n`)
  const time = single(query, 'wait_time', `${LONG_POLL}\n`)

  if (count != null) {
    wait.count = /^\+?\d+$/.test(count) ? Number(count) : Infinity

    if (wait.count > MAX_COUNT) {
      throw new HttpError(400, `${LONG_POLL}\nwait_count must be a whole number from 0 to ${MAX_COUNT}, not ${quote(count)}`)
    }
  }

  if (time != null) {
    const ms = parseDuration(time, 'ms')

    if (ms == null) {
      throw new HttpError(400, `${LONG_POLL}\nwait_time must be a duration such as "10s"; a number without unit counts milliseconds; not ${quote(time)}`)
    }

    wait.time = Math.min(Math.ceil(ms), maxWait)
  }

  return wait
}

export interface ListFilter {
  from?: string
  to?: string
  todo: boolean
}

/**
 * @throws {HttpError} 400 with Beam's text, then the parameter and the rule
 */
export function parseFilter (query: URLSearchParams, network: string): ListFilter {
  const filter = single(query, 'filter', BAD_QUERY)

  if (filter != null && filter !== 'todo') {
    throw new HttpError(400, `${BAD_QUERY}filter must be "todo", not ${quote(filter)}`)
  }

  return { from: idParameter(query, 'from', network), to: idParameter(query, 'to', network), todo: filter === 'todo' }
}

function idParameter (query: URLSearchParams, name: string, network: string): string | undefined {
  const text = single(query, name, BAD_QUERY)

  if (text != null && parseId(text, network) == null) {
    throw new HttpError(400, `${BAD_QUERY}${name} must be the id of an app or a site, such as "app1.site1.${network}", not ${quote(text)}`)
  }

  return text
}

/** A parameter given twice is a mistake; which one was meant is not ours to guess */
export function single (query: URLSearchParams, name: string, prefix: string): string | undefined {
  const values = query.getAll(name)

  if (values.length > 1) {
    throw new HttpError(400, `${prefix}${name} must be given only once`)
  }

  return values[0]
}
