import { generateKeyPair } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { completeJoin, prepareJoin } from '../../src/membership/join/index.ts'
import { decodeTicket, encodeTicket } from '../../src/membership/ticket.ts'
import { enroll } from '../../src/network/enroll-client.ts'
import { HOP_PROTOCOL } from '../../src/network/relay/limits.ts'
import { Messages } from '../../src/network/relay/messages.ts'
import { HopMessage } from '../../src/network/relay/pb/circuit.ts'
import { bytes } from '../../src/network/relay/voucher.ts'
import { outsider } from './helpers/outsider.ts'
import { dialing, listening, TestNetwork, until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'
import type { TicketFacts } from '../../src/membership/ticket.ts'

const CONNECT = 1
const OK = 100
const DENIED = 202
const NO_RESERVATION = 204

describe('a newcomer that cannot reach the authority', () => {
  let network: TestNetwork
  let relay: TestSite

  beforeEach(async () => {
    network = await TestNetwork.found()
    relay = await network.join('relay', { config: listening() })
    await until(() => (network.founder.membership.records.get(relay.id)?.addresses.length ?? 0) > 0 && network.founder.network.links.isUp(relay.id), 'the authority knows the relay')
    // from now on nobody can dial the authority
    await network.founder.stop()
    network.founder.config = dialing()
    await network.founder.start()
    await until(() => network.founder.network.addresses().some(address => address.includes('/p2p-circuit')), 'a reservation')
  })

  afterEach(async () => { await network.stop() })

  const ticket = async (name: string): Promise<TicketFacts> => decodeTicket(await network.invite(name))

  /** What the relay answers to a stranger that wants to be connected */
  async function ask (facts: TicketFacts, to: TestSite, change: Partial<NonNullable<TicketFacts['pass']>> | null = {}): Promise<number | undefined> {
    const node = await outsider(await generateKeyPair('Ed25519'))

    try {
      const connection = await node.dial(multiaddr(relay.network.addresses()[0]))
      const messages = new Messages(await connection.newStream(HOP_PROTOCOL), HopMessage, AbortSignal.timeout(5_000))
      await messages.write({ type: CONNECT, peer: { id: bytes(to.network.node.peerId), addrs: [] }, ...(change == null ? {} : { pass: { ...facts.pass!, ...change } as HopMessage['pass'] }) })

      return (await messages.read()).status
    } finally {
      await node.stop()
    }
  }

  it('joins through a member that relays, which sees nothing of it', async () => {
    const pasted = await network.invite('hospital')
    expect(decodeTicket(pasted).addresses.every(address => address.includes('/p2p-circuit'))).to.equal(true)

    const dir = `${relay.dir}-hospital`
    const prepared = await prepareJoin({ dir, ticket: pasted, clock: systemClock, random: systemRandom })
    const answers = await enroll({ ticket: prepared.ticket, request: prepared.request, peerKey: prepared.peerKey })
    const joined = await completeJoin({ dir, store: network.spareStore(), prepared, answers, clock: systemClock, log: silentLog })
    expect(joined.site).to.equal('hospital.test.example')
    expect(network.founder.membership.roster.standing(joined.site)).to.equal('member')
    await until(() => relay.membership.roster.standing(joined.site) === 'member', 'the relay knows')
    await until(() => relay.network.relaying?.()?.circuits === 0, 'nothing is left of it')
  })

  it('goes on with the same ticket when the answer was lost on its way', async () => {
    const dir = `${relay.dir}-clinic`
    const pasted = await network.invite('clinic')
    const lost = await prepareJoin({ dir, ticket: pasted, clock: systemClock, random: systemRandom })
    await enroll({ ticket: lost.ticket, request: lost.request, peerKey: lost.peerKey })
    expect(network.founder.membership.roster.standing(lost.site)).to.equal('member')

    // another process, after a SIGKILL: all it has is what is on disk
    const prepared = await prepareJoin({ dir, ticket: pasted, clock: systemClock, random: systemRandom })
    const answers = await enroll({ ticket: prepared.ticket, request: prepared.request, peerKey: prepared.peerKey })
    const joined = await completeJoin({ dir, store: network.spareStore(), prepared, answers, clock: systemClock, log: silentLog })
    expect(joined.site).to.equal('clinic.test.example')
    expect(joined.entries).to.equal(network.founder.membership.roster.head().seq + 1)
  })

  it('is connected by a relay where the authority is linked and holds no reservation any more', async () => {
    const facts = await ticket('hospital')
    await relay.stop()
    // as at a relay that has no room for it since it was started anew: the ticket names it still
    relay.config = listening({ listen: [facts.addresses[0].split('/p2p/')[0]] })
    relay.config.relay = { ...relay.config.relay, maxReservations: 0 }
    await relay.start()
    await until(() => relay.network.links.isUp(network.founder.id), 'linked again')
    expect(relay.network.relaying?.()?.reservations).to.equal(0)
    expect(await ask(facts, network.founder)).to.equal(OK)
  })

  it('gets nowhere without the authority\'s word, with one that was changed, ran out, or is for another site', async () => {
    const other = await network.join('other', { config: dialing() })
    await until(() => other.network.addresses().length > 0, 'a reservation')
    const facts = await ticket('hospital')

    expect(await ask(facts, network.founder, null), 'without').to.equal(DENIED)
    expect(await ask(facts, other), 'for another site').to.equal(DENIED)
    expect(await ask(facts, network.founder, { ticket: new Uint8Array(16) }), 'another ticket').to.equal(DENIED)
    expect(await ask(facts, network.founder, { expires: facts.expires + 1 }), 'another end').to.equal(DENIED)
    expect(await ask(facts, network.founder), 'as it is').to.equal(OK)
    expect(await ask(facts, network.founder), 'the sixth from this address, with the join of the other one').to.equal(DENIED)
  })

  it('is told when the authority is off, and may come again', async () => {
    const facts = await ticket('hospital')
    await network.founder.stop()
    await until(() => relay.network.node.getConnections(network.founder.network.node.peerId).length === 0, 'gone')
    expect(await ask(facts, network.founder)).to.equal(NO_RESERVATION)
    await network.founder.start()
    await until(() => network.founder.network.addresses().length > 0, 'back')
    expect(await ask(facts, network.founder)).to.equal(OK)
  })

  it('reads tickets of older versions, and older versions read those', async () => {
    const { pass, ...older } = await ticket('hospital')
    expect(pass?.signature).to.have.length(64)
    expect(decodeTicket(encodeTicket(older))).to.deep.equal(older)
  })
})
