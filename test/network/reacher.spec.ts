/** When both ends lose their link at once, one dials and the other waits for it. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { Reacher } from '../../src/network/reacher.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'
import type { ReacherComponents } from '../../src/network/reacher.ts'
import type { Connection } from '@libp2p/interface'

const RELAYED = '/ip4/127.0.0.1/tcp/9/p2p/relay/p2p-circuit/p2p/peer'

describe('one attempt at a site', () => {
  let clock: VirtualClock
  let reacher: Reacher
  let done: string[]
  let arriving: boolean
  let opened: boolean
  let open: Connection[]

  const connection = (direction: 'inbound' | 'outbound', address: string): Connection =>
    ({ direction, status: 'open', remoteAddr: address, timeline: { open: clock.now() } }) as unknown as Connection

  /** What the attempt does */
  const attempt = async (): Promise<string[]> => {
    done = []
    await reacher.reach('away.net', false, new AbortController().signal)

    return done
  }

  beforeEach(async () => {
    const peer = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
    clock = new VirtualClock()
    arriving = opened = false
    open = []
    reacher = new Reacher({
      node: { peerId: 'self', getConnections: () => open },
      dialer: { dial: async () => { done.push('dialled') } },
      membership: { records: { get: () => ({ peers: [peer.toString()], addresses: ['/ip4/127.0.0.1/tcp/9'] }) } },
      admission: { establish: async () => { done.push('established') } },
      quarantine: { has: () => false },
      book: { of: () => [], left: () => [] },
      arriving: () => arriving,
      opened: () => opened,
      isUp: () => false,
      clock,
      log: silentLog
    } as unknown as ReacherComponents)
  })

  it('dials, but not while a circuit from there is in the middle of its handshake', async () => {
    expect(await attempt()).to.deep.equal(['dialled', 'established'])
    arriving = true
    expect(await attempt()).to.deep.equal([])
    arriving = false
    expect(await attempt()).to.deep.equal(['dialled', 'established'])
  })

  it('leaves the link over a circuit to whoever dialled it, for a while', async () => {
    open = [connection('inbound', RELAYED)]
    expect(await attempt()).to.deep.equal([])
    await clock.advance(4_900)
    expect(await attempt()).to.deep.equal([])
    await clock.advance(200)
    expect(await attempt()).to.deep.equal(['established'])
  })

  it('makes the link itself when whoever dialled had its go while there was still another link', async () => {
    open = [connection('inbound', RELAYED)]
    opened = true
    expect(await attempt()).to.deep.equal(['established'])
  })

  it('makes one of any other connection at once', async () => {
    open = [connection('outbound', RELAYED)]
    expect(await attempt()).to.deep.equal(['established'])
    // the DHT may have opened it, and want no link
    open = [connection('inbound', '/ip4/127.0.0.1/tcp/9')]
    expect(await attempt()).to.deep.equal(['established'])
  })
})
