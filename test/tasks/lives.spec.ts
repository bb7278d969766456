import { expect } from 'aegir/chai'
import { LIFE_RATE, LifePace } from '../../src/tasks/delivery/life-pace.ts'
import { World } from './kit/world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('tasks: sites that say that they were restored', () => {
  it('are believed three times at once, then after pauses that double up to an hour; each by itself', () => {
    let now = 0
    const pace = new LifePace({ monotonic: () => now })
    const pauses: number[] = []

    for (let i = 0; i < 13; i++) {
      const wait = pace.take('b.net')
      pauses.push(wait / MINUTE)
      now += wait
      expect(wait === 0 || pace.take('b.net') === 0, 'when it said').to.equal(true)
    }

    expect(pauses).to.deep.equal([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
    expect(pace.take('c.net')).to.equal(0)
    now += LIFE_RATE.calm
    expect([pace.take('b.net'), pace.take('b.net'), pace.take('b.net'), pace.take('b.net')], 'after a calm day').to.deep.equal([0, 0, 0, MINUTE])
  })

  it('make their peers send again promptly at first, then ever more seldom, however often they say so', async () => {
    const world = await World.of(['a', 'b'])
    const { store, links } = world.sites.a
    let life = 1
    let again = 0
    const reoffer = store.reofferDeliveries.bind(store)
    store.reofferDeliveries = async (input) => {
      const count = await reoffer(input)
      again += count

      return count
    }
    Object.assign(links, { incarnation: () => life })
    await world.run(world.sites.a.tasks.create(world.task('app.a.net', ['worker.b.net'], { ttlMs: 48 * HOUR })))
    await world.settle()

    const claim = async (minutes: number): Promise<number> => {
      const before = again

      for (let i = 0; i < minutes; i++) {
        life++
        links.linkUp.emit('b.net')
        await world.settle(MINUTE)
      }

      return again - before
    }

    expect(await claim(3), 'whoever was restored gets all of it at once').to.equal(3)
    // after 1, 2, 4, 8 and 16 minutes instead of 31 times
    expect(await claim(31)).to.equal(5)
    expect(world.sites.b.core.counts({ now: world.clock.now() }).tasks, 'without effect').to.equal(1)
    // the last word is not forgotten: it comes by itself when the pause is over
    life++
    links.linkUp.emit('b.net')
    await world.settle(33 * MINUTE)
    expect(again).to.equal(9)
    await world.close()
  })
})
