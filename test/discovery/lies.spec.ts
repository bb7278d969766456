import { generateKeyPair } from '@libp2p/crypto/keys'
import { KEEP_ALIVE } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'aegir/chai'
import { directoryKey } from '../../src/network/directory-key.ts'
import { dhtProtocol } from '../../src/network/libp2p.ts'
import { directoryName } from '../../src/workers/index.ts'
import { FIND_TIMEOUT } from '../../src/workers/limits.ts'
import { dialing, until } from '../network/helpers/sites.ts'
import { Fleet, serving, withWorkers } from './kit/fleet.ts'
import type { FleetSite } from './kit/fleet.ts'
import type { Providers } from '../../node_modules/@libp2p/kad-dht/dist/src/providers.js'
import type { PeerId } from '@libp2p/interface'

/** What stands in the class of the DHT's table */
interface Table {
  add(peer: PeerId): Promise<void>
  kb: { toIterable(): Iterable<{ peerId: PeerId }> }
  closestPeerTagger: { updatePeerTags(): Promise<void> }
}

const NAME = 'penguins'
const LEASE = 3_600_000

/** What a DHT server says is what its store holds: this one's holds whatever it likes */
async function claim ({ site }: FleetSite, name: string, provider: PeerId, address?: string): Promise<void> {
  const { node } = site.network
  const { providers } = node.services.dht as unknown as { providers: Providers }
  await providers.addProvider(directoryKey(site.membership.networkSecret, directoryName(name)), provider)

  if (address != null) {
    await node.peerStore.merge(provider, { multiaddrs: [multiaddr(address)] })
  }
}

/** An announcement takes a moment to be known */
async function soon (find: () => Promise<string[]>, ids: string[], ms: number = 5_000): Promise<void> {
  let last: string[] = []

  for (const end = Date.now() + ms; Date.now() < end && last.join() !== ids.join();) {
    last = await find()
  }

  expect(last).to.deep.equal(ids)
}

async function all (sites: AsyncIterable<string>): Promise<string[]> {
  const out: string[] = []

  for await (const site of sites) {
    out.push(site)
  }

  return out
}

describe('discovery', () => {
  let fleet: Fleet

  beforeEach(async function () {
    this.timeout(60_000)
    fleet = await Fleet.start({ servers: 3, clients: 3, maxLinks: 2 })
  })

  afterEach(async () => { await fleet.stop() })

  const peer = ({ site }: FleetSite): PeerId => site.network.node.peerId

  it('finds workers by capability, sites by their id and whatever meets under a name, among sites that only dial out', async () => {
    const [one, two, three] = fleet.clients
    await one.workers.announce(`w.${one.site.id}`, [NAME], LEASE)
    await two.workers.announce(`w.${two.site.id}`, [NAME], LEASE)
    await soon(async () => serving(three, NAME), [one.site.id, two.site.id])

    await one.site.network.directory.provide('session/6f1c', AbortSignal.timeout(5_000))

    for (const name of ['session/6f1c', `site/${one.site.id}`]) {
      await soon(async () => all(three.site.network.directory.find(name, AbortSignal.timeout(5_000))), [one.site.id])
    }
  })

  it('who is found is not taken for a server of the DHT', async () => {
    const [one, two] = fleet.clients
    await one.workers.announce(`w.${one.site.id}`, [NAME], LEASE)
    await soon(async () => serving(two, NAME), [one.site.id])
    const table = two.site.network.node.services.dht.routingTable as unknown as Table

    // as the DHT does with everyone whom an answer names
    for (const { site } of fleet.all) {
      await table.add(site.network.node.peerId)
    }

    const known = [...table.kb.toIterable()].map(({ peerId }) => peerId.toString())
    expect(known).to.have.members(fleet.servers.map(({ site }) => site.network.peerId))
    expect(two.site.network.node.getConnections(peer(one))).to.have.length(1)

    // nor does libp2p keep connections that nobody here asked for
    await table.closestPeerTagger.updatePeerTags()
    const { peerStore } = two.site.network.node

    for (const { tags } of await peerStore.all()) {
      expect([...tags.keys()].filter(tag => tag.startsWith(KEEP_ALIVE))).to.be.empty()
    }
  })

  it('a worker that stopped is named by the DHT, and not by us', async () => {
    const [one, two] = fleet.clients
    await one.workers.announce(`w.${one.site.id}`, [NAME], 1_000)
    await soon(async () => serving(two, NAME), [one.site.id])
    await new Promise(resolve => { setTimeout(resolve, 1_050) })
    expect(await serving(two, NAME)).to.deep.equal([])
    // the record itself outlives the lease
    await claim(fleet.servers[1], NAME, peer(one))
    expect(await serving(two, NAME)).to.deep.equal([])
  })

  it('a server that names strangers, and members that serve nothing, makes nobody accept one', async () => {
    const [one, two] = fleet.clients
    const stranger = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
    await claim(fleet.servers[1], NAME, stranger, '/ip4/127.0.0.1/tcp/9')
    await claim(fleet.servers[1], NAME, peer(fleet.clients[2]))
    await one.workers.announce(`w.${one.site.id}`, [NAME], LEASE)
    await soon(async () => serving(two, NAME), [one.site.id])
    expect(two.site.network.node.getConnections(stranger)).to.have.length(0)
  })

  it('a server that gives a member the address of another is not believed: who answers must be who was sought', async () => {
    const [one, two] = fleet.clients
    // so that the directory is what leads there
    expect(two.site.network.links.isUp(one.site.id)).to.equal(false)
    const elsewhere = fleet.servers[2].site.network.addresses()[0].replace(/\/p2p\/.*/, '')
    await claim(fleet.servers[1], NAME, peer(one), elsewhere)
    await one.workers.announce(`w.${one.site.id}`, [NAME], LEASE)

    await soon(async () => serving(two, NAME), [one.site.id])
    await until(() => two.site.network.links.isUp(one.site.id), 'linked')
    expect(two.site.network.peers().find(({ site }) => site === one.site.id)?.peerId).to.equal(peer(one).toString())
  })

  it('a server that takes questions and never answers costs a bounded delay', async () => {
    const [one, two, three] = fleet.clients
    const { node, membership } = { ...fleet.servers[1].site.network, membership: fleet.servers[1].site.membership }
    const protocol = dhtProtocol(membership.roster.genesis)
    await node.unhandle(protocol)
    await node.handle(protocol, () => {})
    await one.workers.announce(`w.${one.site.id}`, [NAME], LEASE)
    // who announces waits for it too before the others are told
    await soon(async () => serving(two, NAME), [one.site.id], 10_000)
    const begin = Date.now()

    expect(await serving(three, NAME)).to.deep.equal([one.site.id])
    expect(Date.now() - begin).to.be.below(FIND_TIMEOUT + 500)
  })

  it('two sites whose every DHT server is gone meet at the addresses that they have', async function () {
    this.timeout(60_000)
    const [one] = fleet.clients
    const kept = fleet.servers[1]
    await until(() => kept.site.network.links.isUp(one.site.id), 'linked')

    const [address] = kept.site.network.addresses()

    for (const { site, workers } of fleet.all.filter(({ site }) => site !== one.site && site !== kept.site)) {
      await workers.stop()
      await site.stop()
    }

    for (const { site, workers } of [one, kept]) {
      await workers.stop()
      await site.stop()
    }

    // no DHT server is left: both are clients now
    kept.site.config = { ...kept.site.config, dht: { mode: 'client' } }
    kept.site.config.network.listen = [address.replace(/\/p2p\/.*/, '')]
    one.site.config = dialing()
    await Promise.all([kept.site.start(), one.site.start()])
    fleet.servers[1] = await withWorkers(kept.site)
    fleet.clients[0] = await withWorkers(one.site)
    await until(() => one.site.network.links.isUp(kept.site.id), 'linked again', 20_000)
    await fleet.servers[1].workers.announce(`w.${kept.site.id}`, [NAME], LEASE)
    expect(await serving(fleet.clients[0], NAME)).to.deep.equal([kept.site.id])
  })
})
