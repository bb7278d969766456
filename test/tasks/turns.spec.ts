import { expect } from 'aegir/chai'
import { CROWDED, CROWDED_FOR } from '../../src/tasks/delivery/limits.ts'
import { Turns } from '../../src/tasks/delivery/turns.ts'

describe('turns of sites', () => {
  let now: number
  let turns: Turns
  let order: string[]

  beforeEach(() => {
    now = 0
    turns = new Turns({ monotonic: () => now })
    order = []
  })

  /** True when it was its turn at once */
  function enter (site: string): boolean {
    const wait = turns.enter(site)
    void wait?.then(() => { order.push(site) })

    return wait == null
  }

  async function leave (site: string): Promise<void> {
    turns.leave(site)
    await Promise.resolve()
  }

  it('a site alone is not held', () => {
    for (let i = 0; i < 500; i++) {
      expect(enter('a')).to.equal(true)
    }
  })

  it('while another sends too each has a few in work, and the other one is served meanwhile', async () => {
    expect(enter('b')).to.equal(true)

    for (let i = 0; i < CROWDED; i++) {
      expect(enter('a')).to.equal(true)
    }

    expect([enter('a'), enter('a'), enter('a')]).to.deep.equal([false, false, false])
    expect(enter('b')).to.equal(true)
    await leave('a')
    expect(order).to.deep.equal(['a'])
    await leave('a')
    await leave('a')
    expect(order).to.deep.equal(['a', 'a', 'a'])
  })

  it('what waits is not overtaken by its own site, and goes on at once when that is alone again', async () => {
    enter('b')

    for (let i = 0; i < CROWDED + 5; i++) {
      enter('a')
    }

    now += CROWDED_FOR
    expect(enter('a')).to.equal(false)
    await leave('a')
    expect(order).to.have.length(6)
    expect(enter('a')).to.equal(true)
  })

  it('forgets who has nothing in work, however often it leaves', async () => {
    enter('a')
    await leave('a')
    await leave('a')
    expect(enter('a')).to.equal(true)
  })
})
