import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { createSigner, ed25519FromRaw } from '../../src/core/ed25519.ts'
import { keyId, x25519FromRaw } from '../../src/core/x25519.ts'
import { SignedRecord } from '../../src/membership/pb/membership.ts'
import { peerIdOf, proofOfPeer } from '../../src/membership/records/peer-proof.ts'
import { decodeRecord, signRecord } from '../../src/membership/records/record.ts'
import { TestBench } from './fixture.ts'
import { peerKeyOf, peerOf } from './peers.ts'
import type { TestSite } from './fixture.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'
import type { RecordFacts } from '../../src/membership/records/record.ts'

describe('site records', () => {
  let bench: TestBench
  let founder: LoadedMembership
  let founderSite: TestSite
  let biscoe: TestSite & { membership: LoadedMembership }
  let dream: TestSite & { membership: LoadedMembership }

  beforeEach(async () => {
    bench = new TestBench()
    founderSite = await bench.found()
    founder = await bench.load(founderSite)
    biscoe = await bench.join(founder, 'biscoe')
    dream = await bench.join(founder, 'dream')
    await biscoe.membership.roster.accept(await founder.roster.entries(0, 100))
  })

  afterEach(async () => {
    await bench.clean()
  })

  /** A record as a member who is up to something would make it */
  async function forge ({ self, signer, records, roster, peerKey }: LoadedMembership, change: Partial<RecordFacts> = {}, signAs = signer): Promise<Uint8Array> {
    const { network, view, peerProofs } = decodeRecord(records.signed(self) ?? new Uint8Array())
    expect(peerIdOf(peerKey)).to.equal(view.peers[0])

    return signRecord({ ...view, network, peerProofs, sequence: view.sequence + 1, ...change }, roster.genesis, async data => signAs.sign(data))
  }

  it('are published when facts change, and only then', async () => {
    const { records, self, peerKey } = biscoe.membership
    const published: number[] = []
    records.changed.subscribe(({ site, signed }) => { published.push(decodeRecord(signed).view.sequence); expect(site).to.equal(self) })
    const facts = { peers: [peerIdOf(peerKey)], addresses: ['/ip4/192.0.2.1/tcp/2', '/ip4/192.0.2.1/tcp/1'], mailboxes: [] }

    await records.publish(facts)
    await records.publish({ ...facts, addresses: [...facts.addresses].reverse() })
    await records.publish({ ...facts, addresses: [] })
    expect(published).to.deep.equal([2, 3])

    // the sequence goes on after a restart
    const again = (await bench.load(biscoe)).records
    await again.publish(facts)
    expect(again.get(self)).to.deep.include({ sequence: 4, addresses: ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.1/tcp/2'] })
    expect(await founder.records.accept(again.own())).to.equal('new')
    expect(founder.records.get(self)?.sequence).to.equal(4)
    expect((await bench.load(founderSite)).records.get(self)?.sequence).to.equal(4)
  })

  it('count when they are newer, whatever the order they arrive in', async () => {
    const { records, peerKey, self } = biscoe.membership
    const versions = [records.own()]

    for (const port of [1, 2, 3]) {
      await records.publish({ peers: [peerIdOf(peerKey)], addresses: [`/ip4/192.0.2.1/tcp/${port}`], mailboxes: [] })
      versions.push(records.own())
    }

    await fc.assert(fc.asyncProperty(fc.shuffledSubarray(versions, { minLength: 4 }), async order => {
      const outcomes: string[] = []

      for (const version of [...order, ...order]) {
        outcomes.push(await founder.records.accept(version))
      }

      expect(outcomes).to.not.include('refused')
      expect(founder.records.signed(self)).to.equalBytes(versions[3])
    }), { numRuns: 10 })
  })

  it('are refused when a byte of them is another', async () => {
    const record = await forge(biscoe.membership)

    await fc.assert(fc.asyncProperty(fc.nat(record.byteLength - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const changed = Uint8Array.from(record)
      changed[at] ^= flip
      expect(await founder.records.accept(changed)).to.equal('refused')
    }), { numRuns: 150 })

    expect(founder.records.get('biscoe.net.example')?.sequence).to.equal(1)
    expect(await founder.records.accept(record)).to.equal('new')
  })

  it('are refused from anyone but the site itself', async () => {
    const stranger = createSigner({ siteId: 'biscoe.net.example', privateKey: ed25519FromRaw(new Uint8Array(32).fill(77)) })
    expect(await founder.records.accept(await forge(biscoe.membership, {}, stranger))).to.equal('refused')
    expect(await founder.records.accept(await forge(biscoe.membership, {}, dream.membership.signer))).to.equal('refused')
    // a member speaks for itself only
    expect(await founder.records.accept(await forge(dream.membership, { site: 'biscoe.net.example' }))).to.equal('refused')
    expect(await founder.records.accept(await forge(dream.membership, { site: 'nobody.net.example' }))).to.equal('refused')
  })

  it('are judged by the roster as it is now', async () => {
    const record = await forge(biscoe.membership)
    await founder.authority?.revoke('biscoe.net.example', 'left')

    expect(await founder.records.accept(record)).to.equal('refused')
    expect(founder.records.siteOfPeer(peerIdOf(biscoe.membership.peerKey))).to.equal(undefined)
    expect(founder.records.encryptionKey('biscoe.net.example')).to.equal(undefined)
    expect(founder.records.versions().map(({ site }) => site)).to.deep.equal(['dream.net.example', 'founder.net.example'])
  })

  it('are refused out of their limits', async () => {
    const key = { ...x25519FromRaw(new Uint8Array(32).fill(5)), notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER }
    const good = { id: keyId(key.publicKey), publicKey: key.publicKey, notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER }
    const wrong: Array<Partial<RecordFacts>> = [
      { network: 'other' },
      { sequence: 0 },
      { peers: ['QmNothing'] },
      { peers: [await peerOf(1), await peerOf(1)], peerProofs: [new Uint8Array(64), new Uint8Array(64)] },
      { peerProofs: [] },
      { addresses: ['http://x'] },
      { addresses: [`/dns4/${'a'.repeat(600)}/tcp/1`] },
      { keys: [{ ...good, id: new Uint8Array(8) }] },
      { keys: [{ ...good, publicKey: new Uint8Array(31) }] },
      { mailboxes: ['elsewhere'] },
      { addresses: new Array(33).fill('/ip4/192.0.2.1/tcp/1') },
      { keys: new Array(17).fill(good) }
    ]

    for (const change of wrong) {
      expect(await founder.records.accept(await forge(biscoe.membership, change)), JSON.stringify(Object.keys(change))).to.equal('refused')
    }

    expect(await founder.records.accept(await forge(biscoe.membership, { keys: [good] }))).to.equal('new')
    expect(await founder.records.accept(new Uint8Array(17_000))).to.equal('refused')
    expect(await founder.records.accept(SignedRecord.encode({ record: new Uint8Array(16_385), signature: new Uint8Array(64) }))).to.equal('refused')
  })

  it('name the site of a peer, and certify no peer that did not agree', async () => {
    const stolen = peerIdOf(biscoe.membership.peerKey)
    expect(founder.records.siteOfPeer(stolen)).to.equal('biscoe.net.example')

    const own = decodeRecord(dream.membership.records.own())
    const theirs = decodeRecord(biscoe.membership.records.own())
    expect(await founder.records.accept(await forge(dream.membership, { peers: [stolen], peerProofs: theirs.peerProofs }))).to.equal('refused')
    expect(await founder.records.accept(await forge(dream.membership, { peers: [stolen], peerProofs: own.peerProofs }))).to.equal('refused')
    expect(founder.records.siteOfPeer(stolen)).to.equal('biscoe.net.example')
    expect(founder.records.siteOfPeer(await peerOf(40))).to.equal(undefined)
  })

  it('certify one peer for one site: the later one is refused', async () => {
    const key = await peerKeyOf(50)
    const shared = async (membership: LoadedMembership): Promise<Uint8Array> => forge(membership, {
      peers: [peerIdOf(key)],
      peerProofs: [await proofOfPeer(key, membership.roster.genesis, membership.self)]
    })

    expect(await founder.records.accept(await shared(dream.membership))).to.equal('new')
    expect(await founder.records.accept(await shared(biscoe.membership))).to.equal('refused')
    expect(founder.records.siteOfPeer(peerIdOf(key))).to.equal('dream.net.example')
    // a peer that a record does not name any more is forgotten
    expect(founder.records.siteOfPeer(peerIdOf(dream.membership.peerKey))).to.equal(undefined)

    await founder.authority?.revoke('dream.net.example', '')
    expect(await founder.records.accept(await shared(biscoe.membership))).to.equal('new')
    expect(founder.records.siteOfPeer(peerIdOf(key))).to.equal('biscoe.net.example')
  })

  it('give the newest encryption key that is valid now', async () => {
    const now = bench.clock.time
    const key = (seed: number, notBefore: number, notAfter: number): RecordFacts['keys'][number] => {
      const { publicKey } = x25519FromRaw(new Uint8Array(32).fill(seed))

      return { id: keyId(publicKey), publicKey, notBefore, notAfter }
    }
    const keys = [key(1, now - 100, now + 1_000), key(2, now - 50, now + 500), key(3, now + 3_600_000, now + 7_200_000), key(4, now - 10, now)]
    await founder.records.accept(await forge(biscoe.membership, { keys }))

    expect(founder.records.encryptionKey('biscoe.net.example')?.keyId).to.equalBytes(keys[1].id)
    bench.clock.time += 500
    expect(founder.records.encryptionKey('biscoe.net.example')?.keyId).to.equalBytes(keys[0].id)
    bench.clock.time += 500
    expect(founder.records.encryptionKey('biscoe.net.example')).to.equal(undefined)
    expect(founder.records.encryptionKey('nobody.net.example')).to.equal(undefined)
  })

  it('have one digest at members that hold the same versions', async () => {
    expect(biscoe.membership.records.digest()).to.not.equalBytes(founder.records.digest())
    await biscoe.membership.records.accept(founder.records.signed('dream.net.example') ?? new Uint8Array())
    expect(biscoe.membership.records.versions()).to.deep.equal(founder.records.versions())
    expect(biscoe.membership.records.digest()).to.equalBytes(founder.records.digest())
  })

  it('of a site restored from a backup overtake what others hold', async () => {
    const { records, self, peerKey } = biscoe.membership
    const facts = { peers: [peerIdOf(peerKey)], addresses: ['/ip4/192.0.2.1/tcp/1'], mailboxes: [] }
    const backup = records.own()
    await records.publish(facts)
    await records.publish({ ...facts, addresses: [] })
    await founder.records.accept(records.own())
    expect(founder.records.get(self)?.sequence).to.equal(3)

    await biscoe.store.putRecord({ site: self, sequence: 1, record: backup, replace: true })
    const restored = (await bench.load(biscoe)).records
    await restored.publish(facts)
    expect(await founder.records.accept(restored.own())).to.equal('known')
    // the founder sends back what it has
    expect(await restored.accept(founder.records.signed(self) ?? new Uint8Array())).to.equal('known')
    expect(restored.get(self)).to.deep.include({ sequence: 4, addresses: facts.addresses })
    expect(await founder.records.accept(restored.own())).to.equal('new')
  })

  it('signed by an earlier key are left aside at a start', async () => {
    const stale = biscoe.membership.records.own()
    await founder.authority?.revoke('biscoe.net.example', '')
    await bench.join(founder, 'biscoe')
    // as a crash between the new admission and its record would leave it
    await founderSite.store.putRecord({ site: 'biscoe.net.example', sequence: 1, record: stale, replace: true })

    const again = await bench.load(founderSite)
    expect(again.records.get('biscoe.net.example')).to.equal(undefined)
    expect(again.records.get('dream.net.example')).to.be.ok()
  })
})
