import { expect } from 'aegir/chai'
import { BulkPlaces } from '../../src/tasks/delivery/bulk-places.ts'
import { BULK_IN_OVERALL, BULK_IN_PER_SITE, BULK_TURN } from '../../src/tasks/delivery/limits.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'

describe('places for large envelopes that come in', () => {
  let clock: VirtualClock
  let places: BulkPlaces
  let cut: string[]

  const enter = (site: string): (() => void) | undefined => places.enter(site, () => { cut.push(site) })

  /** Four sites take all there are, and keep them */
  const takeAll = (): Array<(() => void) | undefined> =>
    Array.from({ length: BULK_IN_OVERALL }, (_, index) => enter(`slow${index % (BULK_IN_OVERALL / BULK_IN_PER_SITE)}.net`))

  beforeEach(() => {
    clock = new VirtualClock()
    places = new BulkPlaces(clock)
    cut = []
  })

  it('of one site are few, and come back', () => {
    const [first] = Array.from({ length: BULK_IN_PER_SITE }, () => enter('a.net'))
    expect(enter('a.net')).to.equal(undefined)
    first?.()
    expect(enter('a.net')).to.be.a('function')
    expect(cut).to.deep.equal([])
  })

  it('are not taken from anybody whose turn is not over', async () => {
    expect(takeAll()).to.not.include(undefined)
    await clock.advance(BULK_TURN - 1)
    expect(enter('honest.net')).to.equal(undefined)
    expect(cut).to.deep.equal([])
  })

  it('that a few sites hold on to go to others, until nobody has more than they', async () => {
    takeAll()
    await clock.advance(BULK_TURN)

    for (let count = 0; count < BULK_IN_PER_SITE - 1; count++) {
      expect(enter('honest.net'), `place ${count}`).to.be.a('function')
    }

    expect(cut).to.deep.equal(['slow0.net', 'slow1.net', 'slow2.net'])
    expect(enter('other.net')).to.be.a('function')
    expect(cut.at(-1)).to.equal('slow3.net')
    // each of them has three now, and nobody more
    expect(enter('slow0.net')).to.equal(undefined)
  })

  it('one that was cut gives back no place of another', async () => {
    const [first, ...others] = takeAll()
    await clock.advance(BULK_TURN)
    enter('honest.net')
    first?.()
    enter('late.net')
    // had the first one given back a place once more, nobody would have had to give way
    expect(cut).to.deep.equal(['slow0.net', 'slow1.net'])
    others.at(-1)?.()
    enter('later.net')
    expect(cut).to.have.lengthOf(2)
  })
})
