import { streamPair } from '@libp2p/utils'
import { expect } from 'aegir/chai'
import { createSigner, ed25519FromRaw, verifyEd25519 } from '../../src/core/ed25519.ts'
import { silentLog } from '../../src/core/log.ts'
import { decodeEntry, signEntry } from '../../src/membership/roster/entry.ts'
import { RosterLog } from '../../src/membership/roster/roster.ts'
import { admitEntry, genesisEntry, revokeEntry } from '../../src/membership/roster/statements.ts'
import { appendOf } from '../../src/membership/roster/stored.ts'
import { joinFrames } from '../../src/protocols/framing/encode.ts'
import { FrameReader } from '../../src/protocols/framing/reader.ts'
import { SyncMessage } from '../../src/protocols/sync/pb/sync.ts'
import { syncSession, SyncRefusedError } from '../../src/protocols/sync/session.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import type { DecodedEntry } from '../../src/membership/roster/entry.ts'
import type { SyncComponents, SyncResult } from '../../src/protocols/sync/session.ts'
import type { Stream } from '@libp2p/interface'

const NOW = 1_800_000_000_000
const NETWORK = 'test.example'
const authority = createSigner({ siteId: `founder.${NETWORK}`, privateKey: ed25519FromRaw(new Uint8Array(32).fill(1)) })
const sign = async (data: Uint8Array): Promise<Uint8Array> => authority.sign(data)

/** A log of genesis and `count` admissions, s1, s2, …, then the revocation of s1 if asked for */
async function chain (count: number, { revoked = false, reason = '' } = {}): Promise<DecodedEntry[]> {
  const entries = [await signEntry(genesisEntry({
    network: NETWORK,
    authority: authority.publicKey,
    recovery: createSigner({ siteId: 'r', privateKey: ed25519FromRaw(new Uint8Array(32).fill(2)) }).publicKey,
    nonce: new Uint8Array(32).fill(3)
  }, NOW), sign)]

  for (let at = 1; at <= count; at++) {
    const raw = new Uint8Array(32).fill(9)
    new DataView(raw.buffer).setUint32(0, at)
    entries.push(await signEntry(admitEntry(head(entries), {
      site: `s${at}.${NETWORK}`,
      signingKey: createSigner({ siteId: 'x', privateKey: ed25519FromRaw(raw) }).publicKey,
      organization: '',
      capabilities: ['*'],
      notBefore: NOW - 1_000,
      notAfter: NOW + 1_000_000
    }, NOW), sign))
  }

  if (revoked) {
    entries.push(await signEntry(revokeEntry(head(entries), { site: `s1.${NETWORK}`, reason }, NOW), sign))
  }

  return entries
}

function head (entries: DecodedEntry[]): { seq: number, hash: Uint8Array } {
  const last = entries[entries.length - 1]

  return { seq: last.entry.seq, hash: last.hash }
}

const stores: Array<{ close(): Promise<void> }> = []

/** A side that holds these entries; `members` maps the peer ids it takes for members to their sites */
async function side (entries: DecodedEntry[], members: Record<string, string> = {}, secret = 5): Promise<SyncComponents & { roster: RosterLog, accepted: Uint8Array[] }> {
  const store = inProcessStore(openCore({ path: ':memory:' }))
  stores.push(store)
  await store.appendRoster(appendOf(undefined, entries))
  const roster = await RosterLog.load({ store, verify: verifyEd25519, clock: { now: () => NOW }, log: silentLog })
  const accepted: Uint8Array[] = []

  return {
    roster,
    accepted,
    membership: {
      roster,
      networkSecret: new Uint8Array(32).fill(secret),
      records: {
        siteOfPeer: (peer: string) => members[peer] != null && roster.standing(members[peer]) === 'member' ? members[peer] : undefined,
        own: () => Uint8Array.of(1, 2, 3),
        accept: async (signed: Uint8Array) => {
          accepted.push(signed)
          return 'known'
        }
      } as unknown as SyncComponents['membership']['records']
    },
    clock: { now: () => NOW },
    log: silentLog
  }
}

async function between (a: SyncComponents, b: SyncComponents): Promise<[PromiseSettledResult<SyncResult>, PromiseSettledResult<SyncResult>]> {
  const [left, right] = await streamPair()

  return Promise.allSettled([
    syncSession(a, { stream: left, role: 'dialer', self: 'A', peer: 'B' }),
    syncSession(b, { stream: right, role: 'listener', self: 'B', peer: 'A' })
  ])
}

const both = { A: `s1.${NETWORK}`, B: `s2.${NETWORK}` }

describe('roster sync', () => {
  afterEach(async () => {
    await Promise.all(stores.splice(0).map(async store => store.close()))
  })

  it('whoever is behind fetches all it lacks, in pieces, whichever side it is', async () => {
    const all = await chain(200)

    for (const [mine, theirs] of [[3, 201], [201, 3], [201, 201]]) {
      const a = await side(all.slice(0, mine), both)
      const b = await side(all.slice(0, theirs), both)
      const [left, right] = await between(a, b)
      expect(left).to.have.property('status', 'fulfilled')
      expect(right).to.have.property('status', 'fulfilled')
      expect((left as PromiseFulfilledResult<SyncResult>).value).to.deep.equal({ ours: { code: 0, reason: '' }, theirs: { code: 0, reason: '' } })
      expect(a.roster.head()).to.deep.equal(b.roster.head())
      expect(a.roster.head().seq).to.equal(200)
    }
  })

  it('a revoked site that does not know it yet learns it, with the entry and the reason, and the other side\'s record is not shown to it', async () => {
    const all = await chain(2, { revoked: true, reason: 'stolen laptop' })
    const a = await side(all.slice(0, 3), both)
    const b = await side(all, both)
    const [left] = await between(a, b)
    const result = (left as PromiseFulfilledResult<SyncResult>).value
    expect(result.theirs.code).to.not.equal(0)
    expect(a.roster.standing(`s1.${NETWORK}`)).to.equal('revoked')
    expect(a.accepted).to.deep.equal([])
    expect(b.accepted).to.deep.equal([Uint8Array.of(1, 2, 3)])
  })

  it('two histories of one length: both notice, nothing is taken over, members go on', async () => {
    const ours = await chain(2)
    const theirs = [...ours.slice(0, 2), await signEntry(revokeEntry(head(ours.slice(0, 2)), { site: `s1.${NETWORK}`, reason: 'other' }, NOW), sign)]
    const a = await side(ours, both)
    const b = await side(theirs, { A: both.A, B: `s1.${NETWORK}` })
    await between(a, b)
    expect(a.roster.forked).to.equal(true)
    expect(b.roster.forked).to.equal(true)
    expect(a.roster.head().hash).to.deep.equal(head(ours).hash)
    expect(b.roster.head().hash).to.deep.equal(head(theirs).hash)
  })

  it('neither side goes on with a peer that does not know the network secret', async () => {
    const all = await chain(2)
    const [left, right] = await between(await side(all, both), await side(all, both, 6))
    expect(left.status).to.equal('rejected')
    expect((right as PromiseRejectedResult).reason).to.be.instanceOf(SyncRefusedError)
  })

  it('a listener says nothing before the proof, and a proof of the other role is none', async () => {
    const all = await chain(2)
    const b = await side(all, both)

    for (const role of ['dialer', 'listener'] as const) {
      const [left, right] = await streamPair()
      let bytes = 0
      left.addEventListener('message', ({ data }) => { bytes += data.byteLength })
      const { rosterProof } = await import('../../src/membership/sync-proof.ts')
      const session = syncSession(b, { stream: right, role: 'listener', self: 'B', peer: 'A' })
      left.send(joinFrames([SyncMessage.encode({
        hello: {
          version: 1,
          genesis: b.roster.genesis as Uint8Array<ArrayBuffer>,
          proof: rosterProof({ networkSecret: new Uint8Array(32).fill(5), role, prover: 'A', checker: 'B' }) as Uint8Array<ArrayBuffer>,
          headSeq: 2,
          headHash: all[2].hash as Uint8Array<ArrayBuffer>,
          record: new Uint8Array(),
          clock: NOW
        }
      })]))

      if (role === 'listener') {
        await expect(session).to.eventually.be.rejectedWith(SyncRefusedError)
        expect(bytes).to.equal(0)
      } else {
        // and it waits for the other's judgement after it has given its own
        const reader = new FrameReader(left, { maxFrame: 65_536 })
        left.send(joinFrames([SyncMessage.encode({ done: { code: 0, reason: '' } })]))
        await left.close()
        expect((await session).ours.code).to.equal(0)
        expect(await readAll(reader, left)).to.equal(2)
      }
    }
  })

  it('a peer that is no member gets each entry that it lacks once, however often it asks', async () => {
    const all = await chain(100, { revoked: true })
    const b = await side(all, both)
    const [left, right] = await streamPair()
    const session = syncSession(b, { stream: right, role: 'listener', self: 'B', peer: 'A' })
    const reader = new FrameReader(left, { maxFrame: 65_536 })
    const { rosterProof } = await import('../../src/membership/sync-proof.ts')
    const say = (message: Partial<SyncMessage>): void => { left.send(joinFrames([SyncMessage.encode(message)])) }
    const seqs = async (from: number): Promise<number[]> => {
      say({ want: { from } })
      const { entries } = SyncMessage.decode(await reader.read(AbortSignal.timeout(2_000)) ?? new Uint8Array())

      return (entries?.entries ?? []).map(entry => decodeEntry(entry).entry.seq)
    }

    say({
      hello: {
        version: 1,
        genesis: b.roster.genesis as Uint8Array<ArrayBuffer>,
        proof: rosterProof({ networkSecret: new Uint8Array(32).fill(5), role: 'dialer', prover: 'A', checker: 'B' }) as Uint8Array<ArrayBuffer>,
        headSeq: 20,
        headHash: all[20].hash as Uint8Array<ArrayBuffer>,
        record: new Uint8Array(),
        clock: NOW
      }
    })

    // its hello and its judgement: it lacks nothing
    await reader.read(AbortSignal.timeout(2_000))
    await reader.read(AbortSignal.timeout(2_000))
    expect(await seqs(1)).to.deep.equal([])
    expect(await seqs(20)).to.deep.equal([])
    expect(await seqs(21)).to.deep.equal([...new Array(64).keys()].map(n => n + 21))
    expect(await seqs(21)).to.deep.equal([])
    expect(await seqs(84)).to.deep.equal([])
    expect(await seqs(85)).to.deep.equal([...new Array(17).keys()].map(n => n + 85))
    expect(await seqs(85)).to.deep.equal([])
    say({ done: { code: 0, reason: '' } })
    expect((await session).ours.code).to.not.equal(0)
  })

  it('ends in its time also with a peer that does not read', async () => {
    const [left] = await streamPair()
    Object.defineProperty(left, 'writableNeedsDrain', { get: () => true })
    const begin = performance.now()
    await expect(syncSession(await side(await chain(2), both), { stream: left, role: 'dialer', self: 'A', peer: 'B', timeout: 200 })).to.eventually.be.rejected.with.property('code', 'STREAM_CUT')
    expect(performance.now() - begin).to.be.lessThan(2_000)
    expect(left.status).to.equal('aborted')
  }).timeout(5_000)

  it('ends a session in which a peer says what nobody asked for', async () => {
    const all = await chain(2)
    const a = await side(all, both)
    const [left, right] = await streamPair()
    const session = syncSession(a, { stream: left, role: 'dialer', self: 'A', peer: 'B' })
    right.send(joinFrames([SyncMessage.encode({ entries: { entries: [], more: true } })]))
    await expect(session).to.eventually.be.rejectedWith(SyncRefusedError)
  })
})

async function readAll (reader: FrameReader, stream: Stream): Promise<number> {
  let count = 0

  while (stream.status !== 'aborted' && await reader.read(AbortSignal.timeout(2_000)) != null) {
    count++
  }

  return count
}
