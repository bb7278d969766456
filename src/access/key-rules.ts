import { InvalidInputError } from '../core/errors.ts'
import { checkFragment } from '../core/ids.ts'

/** Longest app key in characters: it must fit a header beside everything else */
export const MAX_KEY = 512

/** Keys that people choose should have at least this many characters; shorter ones work, with a warning */
export const SHORT_KEY = 8

/** Bytes of a generated key */
export const KEY_BYTES = 32

/**
 * The name is the first fragment of the app id: `app1` in `app1.site1.network`.
 *
 * @throws {InvalidInputError}
 */
export function checkAppName (name: string): string {
  return checkFragment(name, 'app name')
}

/**
 * The Authorization header is split at spaces, so that a key cannot hold one.
 *
 * @throws {InvalidInputError} without the key in its message
 */
export function checkKey (key: string, field: string = 'key'): string {
  if (key === '') {
    throw new InvalidInputError(field, 'must not be empty')
  }

  if (key.length > MAX_KEY) {
    throw new InvalidInputError(field, `must not be longer than ${MAX_KEY} characters`)
  }

  if (/[\s\p{Cc}]/u.test(key)) {
    throw new InvalidInputError(field, 'must not hold spaces or control characters: it is sent in a header')
  }

  return key
}
