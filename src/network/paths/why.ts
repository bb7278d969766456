import type { Reason, WhyNotDirect } from './index.ts'

/** Longest text that is kept of an error */
const MAX_DETAIL = 200

const CODES: Record<string, Reason> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ETIMEDOUT: 'timed out',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOTFOUND: 'unknown name',
  EAI_AGAIN: 'unknown name',
  EACCES: 'policy',
  EPERM: 'policy'
}

const NAMES: Record<string, Reason> = {
  TimeoutError: 'timed out',
  AbortError: 'timed out',
  DialDeniedError: 'policy',
  NoValidAddressesError: 'no address',
  TransportUnavailableError: 'no address'
}

/** Of several addresses, the failure that tells an operator most comes first */
const TELLING: Reason[] = ['policy', 'refused', 'timed out', 'unreachable', 'unknown name', 'failed', 'no address', 'not tried']

/** What a failed attempt at the direct addresses of a site means */
export function whyNot (error: unknown, at: number): WhyNotDirect {
  const [first] = flatten(error)
    .map(one => ({ reason: reasonOf(one), detail: one.message.slice(0, MAX_DETAIL) }))
    .sort((a, b) => TELLING.indexOf(a.reason) - TELLING.indexOf(b.reason))

  return { ...first, at }
}

function flatten (error: unknown): Error[] {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.flatMap(flatten)
  }

  return [error instanceof Error ? error : new Error(String(error))]
}

function reasonOf (error: Error & { code?: unknown, cause?: unknown }): Reason {
  const named = CODES[String(error.code)] ?? NAMES[error.name]

  if (named != null) {
    return named
  }

  return error.cause instanceof Error ? reasonOf(error.cause) : 'failed'
}
