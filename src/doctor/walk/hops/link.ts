import { setTimeout as sleep } from 'node:timers/promises'
import { failed, ok, skipped } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** The greeting of a new link may take so long, ms, and is looked for so often */
const GREETING = 4_000
const LOOK = 200

/** The control stream, over which everything small goes */
export const link: HopCheck = {
  name: 'link',
  run: async (path) => {
    if (path.probe == null) {
      return skipped('not known: the daemon does not run, so there is none')
    }

    const mayCome = path.outcome('membership session') === 'ok'

    for (let waited = 0; path.link == null && waited < (mayCome ? GREETING : LOOK); waited += LOOK) {
      path.link = (await path.links()).find(({ site }) => site === path.peer.site)

      if (path.link == null) {
        await sleep(LOOK)
      }
    }

    if (path.link == null) {
      const culprit = path.hops.find(({ outcome }) => outcome === 'failed')

      return failed(culprit == null ? 'there is none' : `there is none: ${culprit.check} failed`, culprit?.mend ?? 'look at the log of this daemon, and of that one')
    }

    const { path: way, via, since, direction, whyNotDirect: why } = path.link

    return ok(`${way === 'direct' ? 'direct' : `through ${via ?? 'a relay'}`}, ${direction === 'inbound' ? 'dialled by that site' : 'dialled from here'}, since ${new Date(since).toISOString()}${why == null ? '' : `; not direct: ${why.reason}${why.detail == null ? '' : ` (${why.detail})`}`}`)
  }
}
