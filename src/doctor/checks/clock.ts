import { CLOCK_SKEW } from '../../envelope/index.ts'
import { MAX_STEP_BACK } from '../../tasks/steady-clock.ts'
import type { Check } from '../index.ts'

const NTP = 'let a time service such as chrony or systemd-timesyncd keep this machine\'s clock'

/** Against the other sites, as the links measure it, and against what it showed before */
export const clock: Check = {
  name: 'clock',
  run: async ({ running, facts, clock }) => {
    if (running != null) {
      return running.clockAlarms.length > 0
        ? running.clockAlarms.map(found => ({ level: 'error', found, mend: `${NTP}; if it was far ahead before and is right now: beam-node clock accept` }))
        : [compared(running.links.map(({ clockOffset }) => clockOffset))]
    }

    if (facts == null) {
      return [{ level: 'notice', found: 'not looked at: the store could not be read' }]
    }

    const behind = (facts.mark ?? 0) - clock.now()

    if (behind > MAX_STEP_BACK) {
      return [{ level: 'error', found: `is ${Math.round(behind / 1_000)} s behind what it showed before: nothing will be accepted until it is right again`, mend: `${NTP}; if it was far ahead before and is right now, start the daemon, then: beam-node clock accept` }]
    }

    return [{ level: 'ok', found: 'not behind what it showed before; compared with other sites only while the daemon runs' }]
  }
}

function compared (offsets: number[]): { level: 'ok' | 'notice' | 'warning', found: string, mend?: string } {
  if (offsets.length === 0) {
    return { level: 'notice', found: 'no link to compare it over' }
  }

  const most = Math.max(...offsets.map(Math.abs))
  const found = `within ${(most / 1_000).toFixed(1)} s of ${offsets.length} other site${offsets.length === 1 ? '' : 's'}, ${CLOCK_SKEW / 1_000} s are tolerated`

  return most > CLOCK_SKEW / 5 ? { level: 'warning', found, mend: NTP } : { level: 'ok', found }
}
