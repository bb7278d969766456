import { CLOCK_SKEW } from '../envelope/index.ts'
import type { Links } from './index.ts'
import type { Clock } from '../core/clock.ts'

/** Sites that must agree that the clock of this machine is wrong: one alone may be wrong itself. @default 2 */
export const CLOCK_WITNESSES = 2

/** How often the clocks of the linked sites are compared, ms */
const LOOK = 1_000

const HOUR = 3_600_000

/** After the start, and after the clock leapt, others get so long to show that it is wrong, ms: links ping every 10 s. @default 12_000 */
export const CLOCK_SETTLES = 12_000

export interface ClockJudgeComponents {
  links: Pick<Links, 'up' | 'clockOffset'>
  clock: Pick<Clock, 'now' | 'monotonic'>
}

export interface ClockJudge {
  /** Why the clock of this machine is taken for wrong, for people. Asked often, computed once a second */
  wrong(): string | undefined
  /** Whether others had the time to show that it is wrong, and did not */
  trusted(): boolean
}

/** Whether the clock of this machine is wrong, by the sites that it is linked to */
export function clockJudge ({ links, clock }: ClockJudgeComponents): ClockJudge {
  let lookedAt = -Infinity
  let verdict: string | undefined
  let leaptAt = clock.monotonic()
  let ahead = clock.now() - clock.monotonic()

  const wrong = (): string | undefined => {
    const now = clock.monotonic()

    if (now - lookedAt >= LOOK) {
      lookedAt = now
      verdict = judge(links.up().map(site => links.clockOffset(site)))
    }

    return verdict
  }

  return {
    wrong,
    trusted: () => {
      const now = clock.monotonic()
      const lead = clock.now() - now

      // it was set, or the machine slept
      if (Math.abs(lead - ahead) > CLOCK_SKEW) {
        leaptAt = now
      }

      ahead = lead

      return now - leaptAt > CLOCK_SETTLES && wrong() == null
    }
  }
}

/**
 * More than half of all, two at least, agree with each other and not with this clock.
 * `offsets`: their clocks less ours, ms; what was not measured yet is 0 and speaks for ours.
 */
export function judge (offsets: number[]): string | undefined {
  const middle = [...offsets].sort((a, b) => a - b)[Math.floor((offsets.length - 1) / 2)] ?? 0
  const agree = offsets.filter(offset => Math.abs(offset - middle) <= CLOCK_SKEW && Math.abs(offset) > CLOCK_SKEW).length

  if (Math.abs(middle) <= CLOCK_SKEW || agree < CLOCK_WITNESSES || 2 * agree <= offsets.length) {
    return
  }

  return `the clock of this machine is ${span(Math.abs(middle))} ${middle > 0 ? 'behind' : 'ahead of'} those of ${agree} of the ${offsets.length} sites that it is linked to: it is taken for wrong, and nothing is accepted until it is right`
}

function span (ms: number): string {
  return ms < 2 * HOUR ? `${Math.round(ms / 1_000)} s` : `${(ms / HOUR).toFixed(1)} h`
}
