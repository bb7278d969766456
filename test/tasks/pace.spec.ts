import { expect } from 'aegir/chai'
import { PACE } from '../../src/tasks/delivery/limits.ts'
import { Pace } from '../../src/tasks/delivery/pace.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'

describe('tasks: the pace of a site', () => {
  it('is held down by what is worth nothing, for that site alone, until it is paid', async () => {
    const clock = new VirtualClock()
    const pace = new Pace(clock)
    let done = 0
    const after = (site: string): void => { pace.after(site, () => { done++ }) }

    for (let i = 0; i < PACE.burst; i++) {
      pace.wasted('evil.net')
      after('evil.net')
    }

    expect(done, 'as much as may come at once').to.equal(PACE.burst)

    for (let i = 0; i < 2 * PACE.rate; i++) {
      pace.wasted('evil.net')
      after('evil.net')
    }

    after('good.net')
    expect(done, 'only the other one').to.equal(PACE.burst + 1)
    await clock.advance(1_000)
    expect(done).to.be.within(PACE.burst + PACE.rate, PACE.burst + PACE.rate + 2)
    await clock.advance(1_500)
    expect(done).to.equal(PACE.burst + 1 + 2 * PACE.rate)
    after('evil.net')
    expect(done, 'paid').to.equal(PACE.burst + 2 + 2 * PACE.rate)
  })

  it('holds nobody up for longer than the longest', async () => {
    const clock = new VirtualClock()
    const pace = new Pace(clock)
    let done = false

    pace.wasted('evil.net', 1e9)
    pace.after('evil.net', () => { done = true })
    await clock.advance(PACE.longest)
    expect(done).to.equal(true)
  })
})
