import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { verifyEd25519 } from '../../src/core/ed25519.ts'
import { createCheck } from '../../src/envelope/check.ts'
import { decodeSmall, encodeSmall } from '../../src/envelope/decode.ts'
import { createSeal } from '../../src/envelope/seal.ts'
import { readPem } from '../../src/membership/keys/site-keys.ts'
import { ADMISSION_LIFETIME, OLD_KEY_KEPT, RENEW_WITHIN, ROTATE_KEYS_EVERY } from '../../src/membership/limits.ts'
import { TestBench } from './fixture.ts'
import type { TestSite } from './fixture.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'

const DAY = 86_400_000

describe('a membership that lives', () => {
  let bench: TestBench
  let site: TestSite & { founded: { recoveryFile: string } }
  let founder: LoadedMembership

  beforeEach(async () => {
    bench = new TestBench()
    site = await bench.found()
    founder = await bench.load(site)
  })

  afterEach(async () => {
    await bench.clean()
  })

  const keyFiles = async (at: TestSite): Promise<string[]> => (await readdir(join(at.dir, 'keys'))).filter(name => name.startsWith('enc-')).sort()
  const newest = (of: LoadedMembership, about: LoadedMembership): string => Buffer.from(of.records.encryptionKey(about.self)?.keyId ?? []).toString('hex')

  /** What the authority and the members say to each other when they are linked */
  async function gossip (from: LoadedMembership, to: LoadedMembership): Promise<void> {
    await to.roster.accept(await from.roster.entries(0, 1_000))
    await to.records.accept(from.records.own())
  }

  describe('encryption keys', () => {
    it('are made anew each week, and the record says which counts', async () => {
      const first = newest(founder, founder)
      expect(await founder.upkeep.rotateKeys()).to.deep.equal({ erased: [] })

      bench.clock.time += ROTATE_KEYS_EVERY
      const { made } = await founder.upkeep.rotateKeys()
      expect(made).to.have.lengthOf(8)
      expect(newest(founder, founder)).to.equal(Buffer.from(made ?? []).toString('hex')).and.not.equal(first)
      expect(await keyFiles(site)).to.have.lengthOf(2)
      // not twice in a week
      expect(await founder.upkeep.rotateKeys()).to.deep.equal({ erased: [] })
      // the same after a restart
      const again = await bench.load(site)
      expect(newest(again, again)).to.equal(newest(founder, founder))
      expect(await again.upkeep.rotateKeys()).to.deep.equal({ erased: [] })
    })

    it('open mail that was sealed for a key just rotated, and nobody opens it after the erasure', async () => {
      const { membership: biscoe, ...at } = await bench.join(founder, 'biscoe')
      await gossip(biscoe, founder)
      const old = founder.records.encryptionKey(biscoe.self)
      const sealed = await seal(founder, biscoe, old)

      bench.clock.time += ROTATE_KEYS_EVERY
      await biscoe.upkeep.rotateKeys()
      expect(await opens(biscoe, founder, sealed)).to.equal(true)

      // the sender that heard of the new key uses it
      await gossip(biscoe, founder)
      const next = founder.records.encryptionKey(biscoe.self)
      expect(next?.keyId).to.not.deep.equal(old?.keyId)
      expect(await opens(biscoe, founder, await seal(founder, biscoe, next))).to.equal(true)

      bench.clock.time += OLD_KEY_KEPT
      const { erased } = await biscoe.upkeep.rotateKeys()
      expect(erased.map(id => Buffer.from(id).toString('hex'))).to.deep.equal([Buffer.from(old?.keyId ?? []).toString('hex')])
      expect((await keyFiles(at)).join()).to.not.contain(Buffer.from(old?.keyId ?? []).toString('hex'))
      expect(biscoe.privateKey(old?.keyId ?? new Uint8Array())).to.equal(undefined)
      // refused for now: the sender seals it anew for the key that counts
      expect(await opens(biscoe, founder, sealed)).to.equal('unknown-key for-now')
      expect(await opens(await bench.load(at), founder, sealed)).to.equal('unknown-key for-now')
    })

    it('survive a crash between the file and the record', async () => {
      bench.clock.time += ROTATE_KEYS_EVERY
      const put = site.store.putRecord
      site.store.putRecord = async () => { throw new Error('killed') }
      await expect(founder.upkeep.rotateKeys()).to.eventually.be.rejectedWith('killed')
      site.store.putRecord = put
      expect(await keyFiles(site)).to.have.lengthOf(2)

      const again = await bench.load(site)
      expect((await again.upkeep.rotateKeys()).made).to.have.lengthOf(8)
      expect(await keyFiles(site)).to.have.lengthOf(3)
      expect(again.privateKey(again.records.encryptionKey(again.self)?.keyId ?? new Uint8Array())).to.have.lengthOf(32)
    })

    it('go on when the site was off for months, and when a clock was years ahead for a while', async () => {
      bench.clock.time += 200 * DAY
      expect((await founder.upkeep.rotateKeys()).made).to.have.lengthOf(8)

      bench.clock.time += 3 * 365 * DAY
      await founder.upkeep.rotateKeys()
      bench.clock.time -= 3 * 365 * DAY
      const { made } = await founder.upkeep.rotateKeys()
      expect(made).to.have.lengthOf(8)
      expect(newest(founder, founder)).to.equal(Buffer.from(made ?? []).toString('hex'))
    })

    it('never fill the record, however often they are made', async () => {
      for (let week = 0; week < 30; week++) {
        bench.clock.time += ROTATE_KEYS_EVERY
        await founder.upkeep.rotateKeys()
      }

      expect(founder.records.get(founder.self)?.keys.length).to.be.within(4, 6)
      expect((await keyFiles(site)).length).to.be.within(4, 6)
    })
  })

  describe('admissions', () => {
    it('are renewed for a member that is alive, before they end', async () => {
      const { membership: biscoe } = await bench.join(founder, 'biscoe')
      const { membership: dream } = await bench.join(founder, 'dream')
      expect(await founder.upkeep.renewMembers()).to.deep.equal([])

      bench.clock.time += ADMISSION_LIFETIME - RENEW_WITHIN + DAY
      // biscoe rotates its keys and is heard of; dream is off
      await biscoe.upkeep.rotateKeys()
      await gossip(biscoe, founder)
      expect(await founder.upkeep.renewMembers()).to.have.members([founder.self, biscoe.self])
      expect(await founder.upkeep.renewMembers()).to.deep.equal([])

      bench.clock.time += RENEW_WITHIN
      expect(founder.roster.standing(biscoe.self)).to.equal('member')
      expect(founder.roster.standing(dream.self)).to.equal('expired')
      // its operator asks; the authority's says yes
      await founder.authority?.renew(dream.self)
      expect(founder.roster.standing(dream.self)).to.equal('member')
      await gossip(founder, dream)
      expect(dream.roster.standing(dream.self)).to.equal('member')
    })

    it('of many are renewed with one look at the others, in one commit that tells all of them', async () => {
      const { membership: biscoe } = await bench.join(founder, 'biscoe')
      await bench.join(founder, 'dream')
      await bench.join(founder, 'torgersen')
      await founder.authority?.revoke('torgersen.net.example', 'gone')
      bench.clock.time += ADMISSION_LIFETIME - RENEW_WITHIN + DAY
      let looks = 0
      let news: Uint8Array[][] = []
      founder.authority?.compareHeadsBy?.(async () => ++looks)
      founder.roster.changed.subscribe(({ entries }) => { news = [...news, entries] })
      const { seq } = founder.roster.head()
      const all = ['founder', 'biscoe', 'dream', 'torgersen', 'nobody'].map(name => `${name}.net.example`)

      expect(await founder.authority?.renewAll(all)).to.deep.equal(all.slice(0, 3))
      expect(looks).to.equal(1)
      expect(news.map(entries => entries.length)).to.deep.equal([3])
      expect(founder.roster.head().seq).to.equal(seq + 3)
      // and all of it holds for a member, which verifies every signature
      await gossip(founder, biscoe)
      expect(all.slice(0, 3).map(name => biscoe.roster.member(name)?.notAfter)).to.deep.equal(Array(3).fill(bench.clock.time + ADMISSION_LIFETIME))
    })

    it('are not renewed for who was revoked or is not there', async () => {
      await bench.join(founder, 'biscoe')
      await founder.authority?.revoke('biscoe.net.example', 'gone')
      const { seq } = founder.roster.head()
      await expect(founder.authority?.renew('biscoe.net.example')).to.eventually.be.rejectedWith(/is revoked/)
      await expect(founder.authority?.renew('nobody.net.example')).to.eventually.be.rejectedWith(/no site "nobody/)
      expect(founder.roster.head().seq).to.equal(seq)
    })
  })

  describe('the authority', () => {
    it('hands over to a new key, and every member follows', async () => {
      const { membership: biscoe } = await bench.join(founder, 'biscoe')
      const before = founder.roster.head().seq
      const outcome = await founder.authority?.rotate()
      expect(outcome?.head.seq).to.equal(before + 1)

      // the same daemon signs on, with the new key
      await bench.join(founder, 'dream')
      await gossip(founder, biscoe)
      expect(biscoe.roster.standing('dream.net.example')).to.equal('member')
      // and after a restart
      const again = await bench.load(site)
      await again.authority?.revoke('dream.net.example', '')
      await biscoe.roster.accept(await again.roster.entries(0, 100))
      expect(biscoe.roster.standing('dream.net.example')).to.equal('revoked')
    })

    it('has the key that the roster names, wherever a crash cut the change', async () => {
      // before the entry: the file is made, the roster knows nothing
      const append = site.store.appendRoster
      site.store.appendRoster = async () => { throw new Error('killed') }
      await expect(founder.authority?.rotate()).to.eventually.be.rejectedWith('killed')
      site.store.appendRoster = append
      const before = await bench.load(site)
      await bench.join(before, 'biscoe')

      // behind the entry: the roster names the new key, its file has not its place yet
      site.store.appendRoster = async (input) => {
        await append(input)
        throw new Error('killed')
      }
      await expect(before.authority?.rotate()).to.eventually.be.rejectedWith('killed')
      site.store.appendRoster = append
      const after = await bench.load(site)
      await bench.join(after, 'dream')
      expect(after.roster.standing('dream.net.example')).to.equal('member')
    })
  })

  describe('recovery', () => {
    const recoveryKey = async (): Promise<any> => readPem(site.founded.recoveryFile, 'ed25519')

    it('gives the network a new authority at any member, whose entries all others follow', async () => {
      const biscoe = await bench.join(founder, 'biscoe')
      await bench.join(founder, 'dream')
      await gossip(founder, biscoe.membership)

      const recovered = await biscoe.membership.recover({ recoveryKey: await recoveryKey() })
      expect(recovered).to.include({ superseded: 0, ancestor: 3 })
      // behind a restart biscoe is the authority
      const authority = await bench.load(biscoe)
      await authority.authority?.revoke('dream.net.example', 'by the new authority')
      await gossip(authority, founder)
      expect(founder.roster.standing('dream.net.example')).to.equal('revoked')
      // and the old one is none any more
      await expect(founder.authority?.renew('biscoe.net.example')).to.eventually.be.rejectedWith(/was replaced/)
    })

    it('supersedes what a thief signed, at everyone who took it for good', async () => {
      const biscoe = await bench.join(founder, 'biscoe')
      const thiefs = await bench.join(founder, 'thief')
      await gossip(founder, biscoe.membership)

      const recovered = await biscoe.membership.recover({ recoveryKey: await recoveryKey(), ancestor: 2 })
      expect(recovered).to.deep.include({ superseded: 1, ancestor: 2, lost: [thiefs.membership.self] })
      await gossip(biscoe.membership, founder)
      expect(founder.roster.member(thiefs.membership.self)).to.equal(undefined)
      expect(founder.roster.standing(biscoe.membership.self)).to.equal('member')
      // a second recovery goes on from there
      await expect(biscoe.membership.recover({ recoveryKey: await recoveryKey(), ancestor: 2 })).to.eventually.be.rejectedWith(/entry 3 is a recovery already/)
      expect(await biscoe.membership.recover({ recoveryKey: await recoveryKey() })).to.include({ ancestor: 3 })
    })

    it('ends a fork, and the alarm with it', async () => {
      const biscoe = await bench.join(founder, 'biscoe')
      const copy = await bench.load({ ...site })
      await gossip(founder, biscoe.membership)
      // the authority's disk was copied: both sign a third entry
      const thief = await forkOf(founder)
      await biscoe.membership.roster.accept(thief)
      await founder.authority?.revoke('biscoe.net.example', 'the true one')
      const outcome = await biscoe.membership.roster.accept(await founder.roster.entries(3, 10))
      expect(outcome.kind).to.equal('fork')
      expect(biscoe.membership.roster.forked).to.equal(true)
      expect(copy.roster.forked).to.equal(false)

      const recovered = await biscoe.membership.recover({ recoveryKey: await recoveryKey() })
      expect(recovered.ancestor).to.equal(2)
      expect(biscoe.membership.roster.forked).to.equal(false)
      expect((await bench.load(biscoe)).roster.forked).to.equal(false)
    })

    it('is refused with a key of another network, and changes nothing', async () => {
      const other = await bench.found('other.example')
      const { seq } = founder.roster.head()
      await expect(founder.recover({ recoveryKey: await readPem(other.founded.recoveryFile, 'ed25519') })).to.eventually.be.rejectedWith(/recovery key is not the one/)
      await expect(founder.recover({ recoveryKey: await recoveryKey(), ancestor: 99 })).to.eventually.be.rejectedWith(/ancestor must be/)
      expect(founder.roster.head().seq).to.equal(seq)
    })
  })

  /** Another third entry by the same key, as a copy of its disk would sign */
  async function forkOf (of: LoadedMembership): Promise<Uint8Array[]> {
    const other = await bench.site()
    await other.store.appendRoster({ rows: (await site.store.listRoster({ from: 0, limit: 100 })) })
    const record = (await site.store.listRecords({})).find(row => row.site === of.self)
    await other.store.putRecord(record ?? expect.fail('no record'))
    const copy = await bench.load({ ...other, dir: site.dir })
    await copy.authority?.renew('biscoe.net.example')

    return copy.roster.entries(3, 10)
  }

  async function seal (from: LoadedMembership, to: LoadedMembership, recipient: { keyId: Uint8Array, publicKey: Uint8Array } | undefined): Promise<Uint8Array> {
    const body = new TextEncoder().encode('hello')
    const sealed = await createSeal({ signer: from.signer })({
      network: 'net.example',
      id: new Uint8Array(16).fill(7),
      from: from.self,
      to: to.self,
      expires: bench.clock.time + 30 * DAY,
      seed: new Uint8Array(32).fill(9),
      recipient: recipient ?? expect.fail('no key'),
      inner: {
        kind: 1,
        from: `app.${from.self}`,
        to: [`app.${to.self}`],
        creator: from.self,
        taskId: '70c0aa90-bfcf-4312-a6af-42cbd57dc0b8',
        metadata: 'null',
        ttl: '30d',
        failureStrategy: '"discard"',
        created: bench.clock.time,
        expires: bench.clock.time + 30 * DAY,
        bodySize: body.byteLength,
        bodySha256: new Uint8Array(await crypto.subtle.digest('SHA-256', body))
      },
      body: async (offset, length) => body.subarray(offset, offset + length)
    })

    return encodeSmall(sealed.head, await sealed.chunk(0))
  }

  /** True, or why not. The instant is that of the sealing: what expired is another matter */
  async function opens (at: LoadedMembership, from: LoadedMembership, bytes: Uint8Array): Promise<true | string> {
    const small = decodeSmall(bytes)
    const check = createCheck({
      network: 'net.example',
      self: at.self,
      verify: verifyEd25519,
      signingKey: site => site === from.self ? from.signer.publicKey : undefined,
      privateKey: id => at.privateKey(id)
    })

    try {
      await check.small(small, { now: small.head.label.expires - 1, via: from.self })

      return true
    } catch (error: any) {
      return `${error.code} ${error.reply}`
    }
  }
})
