import { integerOption } from '../../input.ts'
import type { CommandInput } from '../../command.ts'

/** @default 20 */
const LIMIT = 20

const MAX_LIMIT = 10_000

export function readOptions ({ options }: CommandInput): { limit: number } {
  return { limit: integerOption(options.limit, '--limit', { min: 1, max: MAX_LIMIT }) ?? LIMIT }
}
