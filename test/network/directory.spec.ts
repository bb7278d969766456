import { expect } from 'aegir/chai'
import { dialing, TestNetwork, until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'

async function found (site: TestSite, name: string): Promise<string[]> {
  const out: string[] = []

  for await (const id of site.network.directory.find(name, AbortSignal.timeout(10_000))) {
    out.push(id)
  }

  return out.sort()
}

/** An announcement is written, not answered, in Kademlia: it is kept a moment later */
async function foundSoon (site: TestSite, name: string, ids: string[]): Promise<void> {
  let last: string[] = []

  for (const end = Date.now() + 3_000; Date.now() < end && last.join() !== ids.join();) {
    last = await found(site, name)
  }

  expect(last).to.deep.equal(ids)
}

async function provide (site: TestSite, name: string): Promise<boolean> {
  return site.network.directory.provide(name, AbortSignal.timeout(10_000))
}

describe('directory', () => {
  let network: TestNetwork

  beforeEach(async () => {
    network = await TestNetwork.found()
  })

  afterEach(async () => {
    await network.stop()
  })

  const linked = (a: TestSite, b: TestSite): boolean => a.network.links.isUp(b.id) && b.network.links.isUp(a.id)

  it('answers quickly in a network of one', async () => {
    const { founder } = network
    const begin = Date.now()
    expect(await provide(founder, 'capability/penguins')).to.equal(false)
    expect(await found(founder, 'capability/penguins')).to.deep.equal([founder.id])
    expect(await found(founder, 'capability/other')).to.deep.equal([])
    expect(Date.now() - begin).to.be.lessThan(1_000)
  })

  it('finds sites that serve a name, also those that only dial out, and members by their id', async () => {
    const { founder } = network
    const islands = await Promise.all(['torgersen', 'biscoe', 'dream'].map(async name => network.join(name, { config: dialing() })))
    await until(() => islands.every(island => linked(island, founder)), 'all are linked')
    expect(await Promise.all(islands.map(async island => provide(island, 'capability/penguins')))).to.deep.equal([true, true, true])
    const ids = islands.map(({ id }) => id).sort()

    await foundSoon(founder, 'capability/penguins', ids)
    const begin = Date.now()
    expect(await found(islands[0], 'capability/penguins')).to.deep.equal(ids)
    expect(Date.now() - begin).to.be.lessThan(3_000)
    await foundSoon(islands[1], `site/${islands[2].id}`, [islands[2].id])
    expect(await found(islands[0], `site/${founder.id}`)).to.deep.equal([founder.id])

    // its own word is withdrawn at once; what others keep is a hint that runs out
    await islands[0].network.directory.withdraw('capability/penguins')
    expect(await found(islands[0], 'capability/penguins')).to.deep.equal(ids.filter(id => id !== islands[0].id))
  })

  it('what was provided before anyone was there is announced when someone comes', async () => {
    const { founder } = network
    expect(await provide(founder, 'capability/early')).to.equal(false)
    const site = await network.join('site')
    await until(() => linked(site, founder), 'linked')
    await foundSoon(site, 'capability/early', [founder.id])
  })

  it('names only members: a provider that was revoked, or is none, is no hint at all', async () => {
    const { founder } = network
    const liar = await network.join('liar')
    const asker = await network.join('asker')
    await until(() => linked(liar, founder) && linked(asker, founder) && linked(asker, liar), 'linked')
    expect(await provide(liar, 'capability/gold')).to.equal(true)
    await foundSoon(asker, 'capability/gold', [liar.id])
    await founder.membership.authority?.revoke(liar.id, 'liar')
    await until(() => asker.membership.roster.standing(liar.id) === 'revoked', 'known')
    expect(await found(asker, 'capability/gold')).to.deep.equal([])
  })

  it('a search that is given up ends at once', async () => {
    const { founder } = network
    const site = await network.join('site')
    await until(() => linked(site, founder), 'linked')
    const controller = new AbortController()
    setTimeout(() => { controller.abort() }, 50)
    const begin = Date.now()

    for await (const id of site.network.directory.find('capability/none', controller.signal)) {
      expect(id).to.equal(undefined)
    }

    expect(Date.now() - begin).to.be.lessThan(1_000)
  })
})
