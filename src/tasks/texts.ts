import { InvalidInputError } from '../core/errors.ts'
import { MAX_FAILURE_STRATEGY, MAX_METADATA, MAX_TTL_TEXT } from '../envelope/limits.ts'

/**
 * What travels in the sealed header beside the body must fit there
 *
 * @throws {InvalidInputError}
 */
export function checkTexts (texts: { metadata: string, ttl?: string, failureStrategy?: string }): void {
  check('metadata', texts.metadata, MAX_METADATA)
  check('ttl', texts.ttl ?? '', MAX_TTL_TEXT)
  check('failure_strategy', texts.failureStrategy ?? '', MAX_FAILURE_STRATEGY)
}

function check (field: string, text: string, max: number): void {
  const size = Buffer.byteLength(text)

  if (size > max) {
    throw new InvalidInputError(field, `must be at most ${max} bytes, not ${size}`)
  }

  if (!text.isWellFormed()) {
    throw new InvalidInputError(field, 'must be Unicode text')
  }
}
