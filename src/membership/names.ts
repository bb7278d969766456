import { InvalidInputError } from '../core/errors.ts'
import { checkPattern } from './capabilities.ts'
import { MAX_ORGANIZATION, MAX_PATTERNS } from './limits.ts'

/**
 * @throws {InvalidInputError}
 */
export function checkOrganization (organization: string): string {
  // shown on terminals
  if (organization.length > MAX_ORGANIZATION || /\p{C}/u.test(organization)) {
    throw new InvalidInputError('organization', `must be at most ${MAX_ORGANIZATION} printable characters`)
  }

  return organization
}

/**
 * @throws {InvalidInputError}
 */
export function checkPatterns (patterns: string[]): string[] {
  if (patterns.length > MAX_PATTERNS) {
    throw new InvalidInputError('capability patterns', `must be at most ${MAX_PATTERNS}, not ${patterns.length}`)
  }

  return patterns.map(pattern => checkPattern(pattern))
}
