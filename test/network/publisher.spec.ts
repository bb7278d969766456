import { expect } from 'aegir/chai'
import { Publisher } from '../../src/network/publisher.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'

describe('own addresses through relays', () => {
  let clock: VirtualClock
  let publisher: Publisher
  /** What others were told, each time */
  let told: string[][]

  beforeEach(async () => {
    clock = new VirtualClock()
    told = []
    publisher = new Publisher({ clock, publish: () => { told.push(publisher.addresses) } })
    publisher.changed(['one'])
    publisher.changed(['one', 'two'])
    await clock.advance(1_000)
    expect(told).to.deep.equal([['one', 'two']])
    told = []
  })

  it('are news at once when they come', async () => {
    publisher.changed(['one', 'two', 'three'])
    await clock.advance(200)
    expect(told).to.deep.equal([['one', 'two', 'three']])
  })

  it('are named for ten seconds after they went, whatever else is told meanwhile', async () => {
    publisher.changed(['one'])
    await clock.advance(9_000)
    expect(publisher.addresses).to.have.members(['one', 'two'])
    expect(told).to.deep.equal([])
    await clock.advance(2_000)
    expect(told).to.deep.equal([['one']])
    expect(publisher.addresses).to.deep.equal(['one'])
  })

  it('are no news at all when they are back before that', async () => {
    publisher.changed(['one'])
    await clock.advance(5_000)
    publisher.changed(['one', 'two'])
    await clock.advance(20_000)
    expect(told.filter(addresses => addresses.join() !== 'one,two')).to.deep.equal([])
  })
})
