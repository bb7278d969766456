import { choiceOption, durationOption, integerOption, textOption } from '../../input.ts'
import type { RecentFilter } from '../../../tasks/index.ts'
import type { CommandInput } from '../../command.ts'

/** @default 20 */
const LIMIT = 20

const MAX_LIMIT = 10_000

const STATES: Array<NonNullable<RecentFilter['state']>> = ['queued', 'delivered', 'claimed', 'answered', 'expired', 'refused', 'parked', 'cancelling', 'cancelled']

export function readOptions ({ options }: CommandInput): { limit: number } & RecentFilter {
  const state = choiceOption(textOption(options, 'state'), '--state', STATES)
  const app = textOption(options, 'app')
  const olderThan = durationOption(options.olderThan as string | undefined, '--older-than')

  return {
    limit: integerOption(options.limit, '--limit', { min: 1, max: MAX_LIMIT }) ?? LIMIT,
    ...(state == null ? {} : { state }),
    ...(app == null ? {} : { app }),
    ...(olderThan == null ? {} : { olderThan })
  }
}
