import { setTimeout as sleep } from 'node:timers/promises'
import { noted, ok, skipped } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** Above this, ms, every call is felt to wait. @default 1_000 */
const LONG = 1_000

/** The first ping of a new link may take so long, ms, and is looked for so often */
const FIRST_PING = 2_000
const LOOK = 200

export const roundTrip: HopCheck = {
  name: 'round trip',
  after: ['link'],
  run: async (path) => {
    for (let waited = 0; path.link != null && path.link.rtt == null && waited < FIRST_PING; waited += LOOK) {
      await sleep(LOOK)
      path.link = (await path.links()).find(({ site }) => site === path.peer.site)
    }

    const { rtt, rttP95 = rtt } = path.link ?? {}

    if (rtt == null || rttP95 == null) {
      return skipped('not measured yet')
    }

    const found = `${rtt.toFixed(1)} ms, 95 of 100 within ${rttP95.toFixed(1)} ms`

    return rtt > LONG ? noted(found, 'the line of one of the two is slow or full, or its machine is busy; "beam-node peers" shows the others') : ok(found)
  }
}
