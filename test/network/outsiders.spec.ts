import { expect } from 'aegir/chai'
import { Uint8ArrayList } from 'uint8arraylist'
import { QUARANTINE_PROTOCOLS } from '../../src/network/guard.ts'
import { ENROLL_PROTOCOL } from '../../src/protocols/enroll/constants.ts'
import { EnrollAnswer } from '../../src/protocols/enroll/pb/enroll.ts'
import { joinFrames } from '../../src/protocols/framing/encode.ts'
import { FrameReader } from '../../src/protocols/framing/reader.ts'
import { SYNC_PROTOCOL } from '../../src/protocols/sync/constants.ts'
import { SyncMessage } from '../../src/protocols/sync/pb/sync.ts'
import { bytesOf, outsider } from './helpers/outsider.ts'
import { TestNetwork, until } from './helpers/sites.ts'
import type { Connection, Libp2p } from '@libp2p/interface'

describe('a peer that is not on the roster', () => {
  let network: TestNetwork
  const strangers: Libp2p[] = []

  const dial = async (): Promise<Connection> => {
    const stranger = await outsider()
    strangers.push(stranger)

    return stranger.dial(network.founder.network.node.getMultiaddrs())
  }

  beforeEach(async () => {
    network = await TestNetwork.found({ init: { quarantine: { time: 1_500 } } })
  })

  afterEach(async () => {
    await Promise.all(strangers.splice(0).map(async stranger => stranger.stop()))
    await network.stop()
  })

  it('gets not one byte from any protocol that is registered', async () => {
    const { node } = network.founder.network
    const protocols = node.getProtocols()

    for (const needed of ['/beam/control/1.0.0', '/beam/bulk/1.0.0', '/ipfs/id/1.0.0', '/ipfs/ping/1.0.0', '/libp2p/circuit/relay/0.2.0/hop', '/libp2p/circuit/relay/0.2.0/stop']) {
      expect(protocols).to.include(needed)
    }

    expect(protocols.some(protocol => protocol.startsWith('/beam/kad/'))).to.equal(true)
    const connection = await dial()

    for (const protocol of protocols.filter(protocol => !QUARANTINE_PROTOCOLS.has(protocol))) {
      const bytes = await connection.newStream(protocol).then(async stream => {
        // 32 bytes is what ping would send back; a valid request of others begins alike
        const got = bytesOf(stream, 300)

        try {
          stream.send(new Uint8ArrayList(new Uint8Array(32)))
        } catch {
          // reset before we could write: as it should be
        }

        return got
      }, () => 0)

      expect(bytes).to.equal(0, protocol)
    }
  })

  it('gets nothing from the roster sync without the proof of the network secret', async () => {
    const { founder } = network
    const hello = {
      version: 1,
      genesis: founder.membership.roster.genesis as Uint8Array<ArrayBuffer>,
      proof: new Uint8Array(32),
      headSeq: 0,
      headHash: new Uint8Array(32),
      record: new Uint8Array(),
      clock: Date.now()
    }

    for (const message of [SyncMessage.encode({ hello }), SyncMessage.encode({ want: { from: 0 } }), new Uint8Array(100).fill(0xff)]) {
      const connection = await dial()
      const stream = await connection.newStream(SYNC_PROTOCOL)
      const got = bytesOf(stream, 1_000)
      stream.send(joinFrames([message]))
      expect(await got).to.equal(0)
      await until(() => connection.status !== 'open', 'the connection is closed')
    }
  })

  it('gets one clear refusal from enrolment, whatever it sends', async () => {
    const connection = await dial()
    const stream = await connection.newStream(ENROLL_PROTOCOL)
    const reader = new FrameReader(stream, { maxFrame: 65_536 })
    stream.send(joinFrames([new Uint8Array(100).fill(7)]))
    const answer = EnrollAnswer.decode(await reader.read() ?? new Uint8Array())
    expect(answer.code).to.not.equal(0)
    expect(answer.reason).to.not.equal('')
    expect(answer.entries).to.have.length(0)
    expect(answer.networkSecret).to.have.length(0)
  })

  it('is closed when its time is up', async () => {
    const connection = await dial()
    const begin = Date.now()
    await until(() => connection.status !== 'open', 'the connection is closed', 5_000)
    expect(Date.now() - begin).to.be.within(1_000, 3_000)
    expect(network.founder.network.node.getConnections()).to.have.length(0)
  })

  it('is refused when too many of its kind are there, and members still come in', async () => {
    // eight from one address are held
    const connections = await Promise.all(Array.from({ length: 12 }, async () => dial().catch(() => undefined)))
    await new Promise(resolve => { setTimeout(resolve, 200) })
    expect(connections.filter(connection => connection?.status === 'open')).to.have.length(8)

    await until(() => connections.every(connection => connection?.status !== 'open'), 'they are gone', 5_000)
    const member = await network.join('member')
    await until(() => member.network.links.isUp(network.founder.id), 'the member is linked')
    await member.stop()
    // as a member it is not counted among them
    await Promise.all(Array.from({ length: 8 }, async () => dial()))
    await member.start()
    await until(() => member.network.links.isUp(network.founder.id), 'the member is linked again')
  })

  it('is told the same by its silence: nothing of the network is dialled for it', async () => {
    const stranger = await outsider()
    strangers.push(stranger)
    await expect(network.founder.network.node.dial(stranger.peerId)).to.eventually.be.rejected()
  })
})
