/** A keeper's yes slows what is tried for a site that is away, and ends nothing. */
import { expect } from 'aegir/chai'
import { World } from './kit/world.ts'
import type { SimSite } from '../simulation/kit/sim-site.ts'

const APP = 'app.a.net'
const WORKER = 'worker.b.net'

describe('tasks: a site that is away', () => {
  let world: World
  let a: SimSite
  /** How each call for a link was made: whether it may take its time */
  let wants: boolean[]

  beforeEach(async () => {
    world = await World.of(['a', 'b'])
    a = world.sites.a
    wants = []
    const want = a.links.want.bind(a.links)

    a.links.want = (site, eased = false) => {
      wants.push(eased)
      want(site)
    }

    world.network.partition('a.net', 'b.net')
  })
  afterEach(async () => { await world.close() })

  const post = async (): Promise<void> => { await world.run(a.tasks.create(world.task(APP, [WORKER]))) }

  const queued = (): Uint8Array[] =>
    a.core.listUnmailed({ site: 'b.net', after: 0, limit: 10, now: a.clock.now(), copies: 9, since: 0 }).map(({ item }) => item.envelopeId)

  const left = (envelopeId: Uint8Array): void => { a.core.mailLeft({ envelopeId, keeper: 'c.net', at: a.clock.now(), until: a.clock.now() + 3_600_000 }) }

  /** The calls of two minutes */
  async function later (): Promise<boolean[]> {
    wants.length = 0
    await world.settle(120_000)

    return wants
  }

  it('is called for less urgently once a keeper has all that waits for it', async () => {
    await post()
    await post()
    expect((await later()).length).to.be.at.least(2)
    expect(wants).to.not.include(true)
    const [one, two] = queued()
    left(one)
    expect(await later(), 'half of it is here alone').to.not.include(true)
    left(two)
    expect(await later()).to.include(true).and.to.not.include(false)
    wants.length = 0
    await post()
    await world.settle(100)
    expect(wants, 'something new').to.deep.equal([false])
    expect(await later()).to.not.include(true)
  })

  it('gets everything at once when it is back, whoever else has it', async () => {
    await post()
    queued().forEach(left)
    await later()
    world.network.heal('a.net', 'b.net')
    world.network.connect('b.net', 'a.net')
    await world.settle(100)
    expect(queued()).to.have.lengthOf(0)
    expect(world.sites.b.core.listTasks({ app: WORKER, todo: true, now: world.clock.now(), limit: 10 })).to.have.lengthOf(1)
  })
})
