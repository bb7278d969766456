import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { backoff, BACKOFF_LAST } from '../../src/network/backoff.ts'
import { newcomerWins } from '../../src/protocols/control/choose.ts'
import { ClockEstimate } from '../../src/protocols/control/estimate.ts'
import { Undone } from '../../src/protocols/control/undone.ts'
import { RateLimit } from '../../src/protocols/rate-limit.ts'

describe('control stream rules', () => {
  it('both sides keep the same one of two streams, in whatever order they learn of them', () => {
    fc.assert(fc.property(fc.constantFrom('a', 'b'), fc.constantFrom('a', 'b'), (first, second) => {
      fc.pre(first !== second)
      const boot = '00'
      const quality = 1
      const keep = (present: string, newcomer: string): string => newcomerWins({ boot, dialer: present, quality }, { boot, dialer: newcomer, quality }) ? newcomer : present

      // the order of arrival does not matter, so no stream replaces back and forth
      expect(keep(first, second)).to.equal(keep(second, first)).and.to.equal('a')
    }))
  })

  it('a peer after a restart always replaces its former life', () => {
    expect(newcomerWins({ boot: '01', dialer: 'a', quality: 1 }, { boot: '02', dialer: 'b', quality: 0 })).to.equal(true)
  })

  it('a second stream of the same side replaces the one it lost', () => {
    expect(newcomerWins({ boot: '01', dialer: 'a', quality: 0 }, { boot: '01', dialer: 'a', quality: 0 })).to.equal(true)
  })

  it('measures the round trip by the median and the clock by the quickest pong', () => {
    const estimate = new ClockEstimate()
    expect(estimate.rtt).to.equal(undefined)

    for (const rtt of [10, 500, 12, 11, 400]) {
      // the peer's clock is 1,000 ms ahead; slow pongs come back late, so they mislead
      estimate.add(0, rtt, 5_000, 5_000 - rtt / 2 + 1_000 + (rtt > 100 ? 150 : 0))
    }

    expect(estimate.rtt).to.equal(12)
    expect(estimate.offset).to.equal(1_000)
  })

  it('forgets what it measured before a clock was set, at either side', () => {
    const estimate = new ClockEstimate()
    estimate.add(0, 2, 5_000, 4_999)
    estimate.add(0, 30, 5_000, 4_985 + 900)
    expect(estimate.offset).to.equal(0)
    // six hours, by a pong that was slower than the first
    estimate.add(0, 40, 5_000, 4_980 + 21_600_000)
    expect(estimate.offset).to.equal(21_600_000)
    expect(estimate.rtt).to.equal(30)
    estimate.add(0, 60, 5_000, 4_970)
    expect(estimate.offset).to.equal(0)
  })

  it('says full at the limit and free at half of it', () => {
    const changes: boolean[] = []
    const undone = new Undone({ frames: 4, bytes: 1_000 }, (full) => { changes.push(full) })
    const dones = [undone.add(1), undone.add(1), undone.add(1), undone.add(1)]
    expect(changes).to.deep.equal([true])
    dones[0]()
    dones[0]()
    expect(undone.frames).to.equal(3)
    expect(changes).to.deep.equal([true])
    dones[1]()
    expect(changes).to.deep.equal([true, false])
    undone.add(1_000)
    expect(changes).to.deep.equal([true, false, true])
  })

  it('waits longer after each failure, from a quarter of a second to half a minute, never less than half of it', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.float({ min: 0, max: Math.fround(0.999), noNaN: true }), (failures, chance) => {
      const delay = backoff(failures, { float: () => chance })
      const whole = Math.min(250 * 2 ** (Math.min(failures, 30) - 1), BACKOFF_LAST)
      expect(delay).to.be.within(whole / 2, whole)
    }))
  })

  it('limits rates by key in constant memory', () => {
    let now = 0
    const limit = new RateLimit({ monotonic: () => now }, { burst: 2, rate: 1, keys: 2 })
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).to.deep.equal([true, true, false])
    expect(limit.take('b')).to.equal(true)
    now = 1_000
    expect([limit.take('a'), limit.take('a')]).to.deep.equal([true, false])
    limit.giveBack('a')
    expect(limit.take('a')).to.equal(true)
  })
})
