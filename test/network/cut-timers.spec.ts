import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { loadMembership } from '../../src/membership/load.ts'
import { createNetwork } from '../../src/network/create-network.ts'
import { TestNetwork, until } from './helpers/sites.ts'
import type { Clock } from '../../src/core/clock.ts'

describe('a daemon that stops', () => {
  it('leaves no timer of its own behind, also in the middle of cutting a peer off', async () => {
    const network = await TestNetwork.found()

    try {
      const { founder } = network
      const site = await network.join('site')
      const bad = await network.join('bad')
      await until(() => site.network.links.isUp(bad.id) && site.network.links.isUp(founder.id), 'linked')
      await site.stop()

      const live = new Set<object>()
      const clock: Clock = {
        ...systemClock,
        setTimeout: (fn, ms) => {
          const key = {}
          live.add(key)
          const timer = systemClock.setTimeout(() => {
            live.delete(key)
            fn()
          }, ms)

          return {
            cancel: () => {
              live.delete(key)
              timer.cancel()
            }
          }
        }
      }
      const common = { store: site.store, clock, random: systemRandom, log: silentLog }
      const membership = await loadMembership({ dir: site.dir, ...common })
      // who listens first is broken: the revocation is acted upon all the same
      membership.roster.changed.subscribe(() => { throw new Error('broken') })
      const restarted = await createNetwork({ membership, config: site.config, ...common })
      await restarted.start()

      try {
        await until(() => restarted.links.isUp(bad.id) && restarted.links.isUp(founder.id), 'linked again')
        await founder.membership.authority?.revoke(bad.id, 'test')
        await until(() => !restarted.links.isUp(bad.id), 'its link is cut')
      } finally {
        await restarted.stop()
      }

      expect(live.size).to.equal(0)
    } finally {
      await network.stop()
    }
  })
})
