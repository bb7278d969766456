import { integerOption, textOption } from '../../input.ts'
import type { CommandInput } from '../../command.ts'

/** @default 100 */
const LIMIT = 100

const MAX_LIMIT = 10_000

export function readOptions ({ options }: CommandInput): { limit: number, site?: string } {
  const site = textOption(options, 'site')

  return { limit: integerOption(options.limit, '--limit', { min: 1, max: MAX_LIMIT }) ?? LIMIT, ...(site == null ? {} : { site }) }
}
