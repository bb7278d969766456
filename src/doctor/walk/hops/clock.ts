import { CLOCK_SKEW } from '../../../envelope/index.ts'
import { span } from '../../span.ts'
import { failed, noted, ok, skipped } from '../steps.ts'
import type { HopCheck } from '../index.ts'

const NTP = 'let a time service such as chrony or systemd-timesyncd keep the clocks of both machines; compare each with a good one to see whose is wrong'

/** Difference of the two clocks, as the pings of the link measure it */
export const clock: HopCheck = {
  name: 'clock',
  after: ['link'],
  run: async ({ link, peer: { site } }) => {
    if (link?.rtt == null) {
      return skipped('not measured yet')
    }

    const off = Math.abs(link.clockOffset)
    const found = off < 1_000 ? 'within a second of each other' : `that of ${site} is ${span(off)} ${link.clockOffset > 0 ? 'ahead of' : 'behind'} this one`

    if (off > CLOCK_SKEW) {
      return failed(`${found}; ${CLOCK_SKEW / 1_000} s are tolerated`, NTP)
    }

    return off > CLOCK_SKEW / 5 ? noted(`${found}; ${CLOCK_SKEW / 1_000} s are tolerated`, NTP) : ok(found)
  }
}
