import { expect } from 'aegir/chai'
import { verifyEd25519 } from '../../src/core/ed25519.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { createAuthority } from '../../src/membership/authority/authority.ts'
import { SiteRecordBook } from '../../src/membership/records/site-records.ts'
import { encodeTicket } from '../../src/membership/ticket.ts'
import { EnrollAnswer } from '../../src/protocols/enroll/pb/enroll.ts'
import { Chain, keep, keyOf, publicKeyOf } from './chain.ts'
import { invite, redeem, TestBench } from './fixture.ts'
import type { TestSite } from './fixture.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'

describe('revocation', () => {
  let bench: TestBench
  let site: TestSite
  let founder: LoadedMembership

  beforeEach(async () => {
    bench = new TestBench()
    site = await bench.found()
    founder = await bench.load(site)
  })

  afterEach(async () => {
    await bench.clean()
  })

  async function refusal (id: string, reason: string = ''): Promise<any> {
    return founder.authority?.revoke(id, reason).then(() => 'revoked', (error: unknown) => error)
  }

  it('is on disk, told to listeners, and true at every member that hears of it', async () => {
    const { membership } = await bench.join(founder, 'biscoe')
    const changes: string[][] = []
    founder.roster.changed.subscribe(({ sites }) => { changes.push(sites) })

    const head = await founder.authority?.revoke('biscoe.net.example', 'laptop lost')
    expect(head).to.deep.equal(founder.roster.head())
    expect(changes).to.deep.equal([['biscoe.net.example']])
    expect(founder.roster.standing('biscoe.net.example')).to.equal('revoked')
    expect((await bench.load(site)).roster.member('biscoe.net.example')?.revoked?.reason).to.equal('laptop lost')

    // the revoked site learns where it stands, and may still start to say so
    await membership.roster.accept(await founder.roster.entries(0, 10))
    expect(membership.roster.standing(membership.self)).to.equal('revoked')
  })

  it('lets a revoked site start, so that it can say what happened', async () => {
    const biscoe = await bench.join(founder, 'biscoe')
    await founder.authority?.revoke('biscoe.net.example', '')
    await biscoe.membership.roster.accept(await founder.roster.entries(0, 10))
    const again = await bench.load(biscoe)
    expect(again.roster.standing(again.self)).to.equal('revoked')
  })

  it('ends the repeat of an enrolment as well', async () => {
    const at = await bench.site()
    const prepared = await bench.prepare(at.dir, (await invite(founder, 'biscoe')).ticket)
    await redeem(founder, prepared)
    await founder.authority?.revoke('biscoe.net.example', '')
    const again = await bench.prepare(at.dir, encodeTicket(prepared.ticket))
    expect(EnrollAnswer.decode((await redeem(founder, again))[0]).code).to.equal(15)
  })

  it('of nobody, of the revoked, of itself or with a bad reason is refused', async () => {
    await bench.join(founder, 'biscoe')
    expect(await refusal('nobody.net.example')).to.have.property('code', 'NOT_FOUND')
    expect(await refusal('founder.net.example')).to.have.property('code', 'REFUSED')
    expect(await refusal('biscoe.net.example', 'a\u001b[31m')).to.have.property('code', 'INVALID_INPUT')
    expect(await refusal('biscoe.net.example', 'x'.repeat(501))).to.have.property('code', 'INVALID_INPUT')
    expect(founder.roster.head().seq).to.equal(2)
    expect(await refusal('biscoe.net.example')).to.equal('revoked')
    expect(await refusal('biscoe.net.example')).to.have.property('code', 'CONFLICT')
  })

  it('asks the others for their heads before it appends', async () => {
    const { membership } = await bench.join(founder, 'biscoe')
    const restored = await bench.load(site)
    await founder.authority?.revoke('biscoe.net.example', '')
    await membership.roster.accept(await founder.roster.entries(0, 10))

    // a copy of the authority that does not know what it signed already
    const asked: number[] = []
    restored.authority?.compareHeadsBy?.(async () => {
      asked.push(restored.roster.head().seq)
      await restored.roster.accept(await membership.roster.entries(0, 10))

      return 1
    })
    await expect(restored.authority?.revoke('biscoe.net.example', '')).to.eventually.be.rejectedWith(/revoked already/)
    expect(asked).to.deep.equal([2])
    expect(restored.roster.forked).to.equal(false)
  })

  it('is not signed by a key that was replaced', async () => {
    // a network whose authority moved on, seen from a daemon that still has the first key
    const chain = await (await (await Chain.found()).admit('a', 10)).rotate(5)
    const { roster: rotated } = await keep(chain, 3)
    expect(rotated.authorityKey).to.equalBytes(publicKeyOf(5))
    const records = await SiteRecordBook.load({ store: site.store, roster: founder.roster, signer: founder.signer, peerKey: founder.peerKey, verify: verifyEd25519, clock: bench.clock, log: silentLog }, () => false)
    const authority = createAuthority({ keyFile: { key: keyOf(1), prepare: async () => publicKeyOf(1), settle: async () => {} }, store: site.store, roster: rotated, records, networkSecret: founder.networkSecret, signer: founder.signer, clock: bench.clock, random: systemRandom, log: silentLog })
    await expect(authority.revoke('a.net', '')).to.eventually.be.rejectedWith(/was replaced by another one/)
    await expect(authority.invite({ site: 'b', capabilities: [], addresses: ['/ip4/127.0.0.1/tcp/1'], peer: '' })).to.eventually.be.rejectedWith(/was replaced by another one/)
  })
})
