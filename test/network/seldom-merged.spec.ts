import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'aegir/chai'
import { quietLogger } from '../../src/network/quiet-logger.ts'
import { seldomMerged } from '../../src/network/seldom-merged.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'
import type { Peer, PeerData, PeerId, PeerStore } from '@libp2p/interface'

describe('what libp2p does at each stream', () => {
  let clock: VirtualClock
  let peerStore: Pick<PeerStore, 'merge'>
  let own: PeerId
  let peer: PeerId
  /** What was written */
  let written: PeerData[]

  beforeEach(async () => {
    [own, peer] = await Promise.all([1, 2].map(async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))))
    clock = new VirtualClock()
    written = []
    peerStore = {
      merge: async (id, data) => {
        written.push(data)

        return { id, protocols: data.protocols } as unknown as Peer
      }
    }
    seldomMerged({ peerStore, peerId: own, clock })
  })

  it('writes down that a peer speaks a protocol once, and again after ten minutes', async () => {
    const first = await peerStore.merge(peer, { protocols: ['/a'] })
    expect(await peerStore.merge(peer, { protocols: ['/a'] })).to.equal(first)
    await peerStore.merge(peer, { protocols: ['/b'] })
    expect(written).to.deep.equal([{ protocols: ['/a'] }, { protocols: ['/b'] }])
    await clock.advance(600_001)
    await peerStore.merge(peer, { protocols: ['/a'] })
    expect(written).to.have.lengthOf(3)
  })

  it('writes down anything else of it, and all of itself, each time', async () => {
    for (const data of [{ metadata: {} }, { protocols: ['/a', '/b'] }, { protocols: ['/a'], tags: {} }, { multiaddrs: [] }]) {
      written = []
      await peerStore.merge(peer, data)
      await peerStore.merge(peer, data)
      expect(written).to.deep.equal([data, data])
    }

    written = []
    await peerStore.merge(own, { protocols: ['/a'] })
    await peerStore.merge(own, { protocols: ['/a'] })
    expect(written).to.have.lengthOf(2)
  })

  it('does not count what could not be written', async () => {
    const failing = { merge: async (): Promise<Peer> => { throw new Error('a test') } }
    const store: Pick<PeerStore, 'merge'> = failing
    seldomMerged({ peerStore: store, peerId: own, clock })
    await expect(store.merge(peer, { protocols: ['/a'] })).to.eventually.be.rejected()
    await expect(store.merge(peer, { protocols: ['/a'] })).to.eventually.be.rejected()
  })

  it('logs nothing, unless DEBUG asks for it', () => {
    expect(quietLogger({ DEBUG: 'libp2p:*' })).to.equal(undefined)
    const log = quietLogger({})?.forComponent('libp2p')
    expect(log?.newScope('stream').enabled).to.equal(false)
  })
})
