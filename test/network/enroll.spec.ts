import { createServer } from 'node:net'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { systemRandom } from '../../src/core/random.ts'
import { prepareJoin } from '../../src/membership/join/index.ts'
import { enroll } from '../../src/network/enroll-client.ts'
import { TestNetwork, until } from './helpers/sites.ts'
import type { AddressInfo } from 'node:net'

describe('enrolment over the wire', () => {
  let network: TestNetwork

  beforeEach(async () => {
    network = await TestNetwork.found()
  })

  afterEach(async () => {
    await network.stop()
  })

  const request = new Uint8Array(100).fill(1)

  it('says which addresses did not answer', async () => {
    const peerKey = await generateKeyPair('Ed25519')
    const ticket = { peer: network.founder.network.peerId, addresses: ['/ip4/127.0.0.1/tcp/1'] }
    await expect(enroll({ ticket, request, peerKey })).to.eventually.be.rejected
      .with.property('message').that.matches(/\/ip4\/127\.0\.0\.1\/tcp\/1: is it running/)
    await expect(enroll({ ticket: { ...ticket, addresses: [] }, request, peerKey })).to.eventually.be.rejected.with.property('code', 'UNREACHABLE')
  })

  it('gives up when it is told to, at something that takes connections and never answers', async () => {
    const server = createServer()
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })

    try {
      const { port } = server.address() as AddressInfo
      const begin = Date.now()
      await expect(enroll({
        ticket: { peer: network.founder.network.peerId, addresses: [`/ip4/127.0.0.1/tcp/${port}`] },
        request,
        peerKey: await generateKeyPair('Ed25519'),
        signal: AbortSignal.timeout(500)
      })).to.eventually.be.rejected.with.property('code', 'UNREACHABLE')
      expect(Date.now() - begin).to.be.lessThan(3_000)
    } finally {
      server.close()
    }
  })

  it('does not talk to another peer at the address of the ticket', async () => {
    const stranger = await generateKeyPair('Ed25519')
    const { peerIdFromPrivateKey } = await import('@libp2p/peer-id')
    const ticket = { peer: peerIdFromPrivateKey(stranger).toString(), addresses: network.founder.network.addresses().map(address => address.replace(/\/p2p\/.*/, '')) }
    await expect(enroll({ ticket, request, peerKey: await generateKeyPair('Ed25519') })).to.eventually.be.rejected.with.property('code', 'UNREACHABLE')
  })

  it('admits nobody at a site that holds no authority', async () => {
    const member = await network.join('member')
    const answers = await enroll({ ticket: { peer: member.network.peerId, addresses: member.network.addresses() }, request, peerKey: await generateKeyPair('Ed25519') })
    expect(answers).to.have.length(1)
    expect(answers[0]).to.include({ code: 12 })
    expect(answers[0].reason).to.include('admits nobody')
  })

  it('limits guesses from one address, and lets a good ticket in again later', async () => {
    const codes: number[] = []

    for (let at = 0; at < 13; at++) {
      const peerKey = await generateKeyPair('Ed25519')
      const [answer] = await enroll({ ticket: { peer: network.founder.network.peerId, addresses: network.founder.network.addresses() }, request, peerKey })
      codes.push(answer.code)
    }

    expect(codes.slice(0, 3).every(code => code !== 0 && code !== 11)).to.equal(true)
    expect(codes.at(-1)).to.equal(11)
    expect(network.founder.membership.roster.head().seq).to.equal(1)
  })

  it('many enrolments from one address are answered, each to its end, and the same ticket again is the same admission', async () => {
    const { founder } = network
    const dir = `${founder.dir}-guest`
    const prepared = await prepareJoin({ dir, ticket: await network.invite('guest'), clock: systemClock, random: systemRandom })
    const send = async (): Promise<number> => (await enroll({ ticket: prepared.ticket, request: prepared.request, peerKey: prepared.peerKey }))[0].code

    // the inviter wants a link to the new member, and must not try that on the connection that enrols
    for (let at = 0; at < 100; at++) {
      expect(await send()).to.equal(0)
    }

    await until(() => founder.network.node.getConnections().length === 0, 'nothing is left open')
    expect(founder.membership.roster.head().seq).to.equal(2)
  })
})
