import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { createEventBus } from '../../src/events/create-bus.ts'
import { Leases } from '../../src/tasks/leases.ts'
import { StubClock } from '../protocols/helpers/stub-link.ts'
import type { LeasesComponents } from '../../src/tasks/leases.ts'

/** The store answers when told to: its read may be older than what is committed by then */
function slowStore (): { store: LeasesComponents['store'], ended: number[], answer(next: number | undefined): Promise<void> } {
  const reads: Array<(next: number | undefined) => void> = []
  const ended: number[] = []
  const store: LeasesComponents['store'] = {
    incarnation: 1,
    nextLeaseEnd: async () => new Promise(resolve => { reads.push(resolve) }),
    endLeases: async ({ now }) => {
      ended.push(now)

      return { offered: [], failed: [], more: false }
    }
  }

  return {
    store,
    ended,
    answer: async (next) => {
      const read = reads.shift()
      expect(read, 'somebody reads').to.not.equal(undefined)
      read?.(next)
      await new Promise(resolve => { setImmediate(resolve) })
    }
  }
}

describe('the one timer of leases and backoffs', () => {
  const setup = (): { leases: Leases, clock: StubClock } & ReturnType<typeof slowStore> => {
    const clock = new StubClock()
    const slow = slowStore()
    const leases = new Leases({ self: 's1.net', store: slow.store, events: createEventBus(), couriers: { kick: () => {} }, clock, random: systemRandom, log: silentLog })

    return { leases, clock, ...slow }
  }

  it('is set for an end that was told of while the store was read at the start', async () => {
    const { leases, clock, answer, ended } = setup()
    const started = leases.start()
    leases.expect(clock.now() + 500)
    await answer(undefined)
    await started

    clock.pass(500)
    await answer(clock.now())
    expect(ended).to.deep.equal([clock.now()])
    await answer(undefined)
    await leases.stop()
  })

  it('and for one that was told of while others ended', async () => {
    const { leases, clock, answer, ended } = setup()
    const started = leases.start()
    await answer(clock.now() + 100)
    await started
    clock.pass(100)
    // the step finds one that is due
    await answer(clock.now())
    // and when the store was read for the next, a worker failed for now
    leases.expect(clock.now() + 500)
    await answer(undefined)

    clock.pass(500)
    await answer(clock.now())
    expect(ended).to.have.lengthOf(2)
    await answer(undefined)
    await leases.stop()
  })
})
