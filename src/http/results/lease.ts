import { parseDuration } from '../../core/durations.ts'
import { quote } from '../../core/ids.ts'
import { HttpError } from '../errors.ts'
import { queryOf, single } from '../query.ts'
import { instant } from '../time.ts'
import type { LeaseRefusal } from '../../store/index.ts'
import type { NewResult } from '../../tasks/index.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * A worker may hold a task at least and at most so long before it must renew, ms
 *
 * @default 1_000
 */
export const MIN_LEASE = 1_000
/** @default 86_400_000 (24 h) */
export const MAX_LEASE = 86_400_000

/** Headers in both directions */
export const TOKEN = 'beam-lease-token'
export const UNTIL = 'beam-lease-until'

const TOKEN_NEEDED = 'This task was claimed under a lease: answer with the header Beam-Lease-Token that the claim was answered with.'
const LEASE_LOST = 'lease lost: the lease of this token is over, the task was or will be offered again; this was recorded and has no effect.'
const LEASED = 'The task is not to be had now: somebody else holds its lease, or it waits to be tried again.'
const ANSWERED = 'This app has answered the task already: there is nothing to lease.'

/** @throws {HttpError} 400 */
export function parseLease (request: FastifyRequest, status: NewResult['status']): Pick<NewResult, 'lease' | 'token'> {
  const text = single(queryOf(request), 'lease', '')
  const header = request.headers[TOKEN]?.toString()
  const lease = text == null ? undefined : leaseOf(text)

  if (lease != null && status !== 'claimed') {
    throw new HttpError(400, `lease goes with the status "claimed" only, not with ${quote(status)}`)
  }

  if (header != null && !/^\d{1,16}$/.test(header)) {
    throw new HttpError(400, `Beam-Lease-Token must be the whole number that the claim was answered with, not ${quote(header)}`)
  }

  return { ...(lease == null ? {} : { lease }), ...(header == null ? {} : { token: Number(header) }) }
}

function leaseOf (text: string): number {
  const ms = Math.floor(parseDuration(text, 's') ?? NaN)

  if (!(ms >= MIN_LEASE && ms <= MAX_LEASE)) {
    throw new HttpError(400, `lease must be a duration from 1s to 24h such as "60s", not ${quote(text)}`)
  }

  return ms
}

/** What the holder must know to answer and to renew */
export function tellLease (reply: FastifyReply, { token, until }: { token?: number, until?: number }): void {
  if (token != null && until != null) {
    reply.header(TOKEN, token).header(UNTIL, instant(until))
  }
}

export function leaseRefusal (reply: FastifyReply, refusal: LeaseRefusal, now: number): HttpError {
  switch (refusal.kind) {
    case 'leased':
      reply.header('retry-after', Math.max(1, Math.ceil((refusal.until - now) / 1_000)))
      return new HttpError(409, LEASED)
    case 'token-needed':
      return new HttpError(409, TOKEN_NEEDED)
    case 'lease-lost':
      return new HttpError(409, LEASE_LOST)
    case 'answered':
      return new HttpError(409, ANSWERED)
    default:
      throw new Error(refusal satisfies never)
  }
}
