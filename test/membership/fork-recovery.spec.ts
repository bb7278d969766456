import { expect } from 'aegir/chai'
import { createMembershipOperator } from '../../src/control/membership-operator.ts'
import { idView } from '../../src/control/views.ts'
import { ENROLL_REFUSALS } from '../../src/membership/enroll/codes.ts'
import { readPem } from '../../src/membership/keys/site-keys.ts'
import { EnrollAnswer } from '../../src/protocols/enroll/pb/enroll.ts'
import { invite, redeem, TestBench } from './fixture.ts'
import { forgedRenewal } from './forged.ts'
import type { TestSite } from './fixture.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'
import type { KeyObject } from 'node:crypto'

describe('a fork and its recovery', () => {
  let bench: TestBench
  let site: TestSite & { founded: { recoveryFile: string } }
  let founder: LoadedMembership
  let biscoe: LoadedMembership
  let at: TestSite

  beforeEach(async () => {
    bench = new TestBench()
    site = await bench.found()
    founder = await bench.load(site)
    const joined = await bench.join(founder, 'biscoe')
    at = joined
    biscoe = joined.membership
  })

  afterEach(async () => {
    await bench.clean()
  })

  const recoveryKey = async (): Promise<KeyObject> => readPem(site.founded.recoveryFile, 'ed25519')
  const facts = async (of: TestSite): Promise<Array<Record<string, unknown>>> =>
    (await of.store.listAudit({ after: 0, limit: 1_000, maxBytes: 1_000_000 })).map(({ entry }) => JSON.parse(entry))

  /** biscoe has what the authority signed after entry 2, and sees what a copy of it signed there */
  async function fork (): Promise<void> {
    const forged = await forgedRenewal(site.dir, founder.roster.head(), biscoe.self, bench.clock.now())
    await founder.authority?.renew(biscoe.self)
    await founder.authority?.renew(founder.self)
    await biscoe.roster.accept(await founder.roster.entries(0, 10))
    expect((await biscoe.roster.accept([forged.raw])).kind).to.equal('fork')
    expect(biscoe.roster.head().seq).to.equal(4)
  }

  it('goes on at most from the last entry that all have in common', async () => {
    await fork()

    for (const ancestor of [3, 4]) {
      await expect(biscoe.recover({ recoveryKey: await recoveryKey(), ancestor })).to.eventually.be.rejectedWith(/at most 2, the last entry before the authority signed two histories, not/)
      expect(biscoe.roster.forked).to.equal(true)
    }

    expect(await biscoe.recover({ recoveryKey: await recoveryKey() })).to.include({ ancestor: 2, superseded: 2 })
    expect(biscoe.roster.head().seq).to.equal(3)
  })

  it('is over after a restart also when the process ended before the proof was put away', async () => {
    await fork()
    const setMeta = at.store.setMeta
    at.store.setMeta = async () => { throw new Error('killed') }
    await expect(biscoe.recover({ recoveryKey: await recoveryKey() })).to.eventually.be.rejectedWith('killed')
    at.store.setMeta = setMeta
    // the proof is there still
    expect(await at.store.getMeta({ key: 'roster.fork' })).to.match(/^[\w+/]+=*$/)

    const again = await bench.load(at)
    expect(again.roster.forked).to.equal(false)
    expect(again.roster.forkEntries).to.equal(undefined)
    // it is the authority now, and the log goes on, over the place of the fork, too
    await again.authority?.renew(founder.self)
    await again.authority?.renew(biscoe.self)
    expect((await bench.load(at)).roster.forked).to.equal(false)
    await founder.roster.accept(await again.roster.entries(0, 10))
    expect(founder.roster.head()).to.deep.equal(again.roster.head())
  })

  it('stands in the audit log, once each, with both entries', async () => {
    await fork()
    const [, theirs] = await Promise.all([0, 1].map(async part => biscoe.roster.forkEntries?.[part]))
    // again, as with each link of a member that knows
    await biscoe.roster.accept([theirs ?? new Uint8Array()])
    await biscoe.recover({ recoveryKey: await recoveryKey() })

    const decisions = (await facts(at)).filter(({ kind }) => kind === 'decision')
    expect(decisions.map(({ action }) => action)).to.deep.equal(['roster-forked', 'roster-recovered'])
    expect(decisions[0]).to.include({ subject: 'authority', allowed: false }).and.have.property('reason').that.matches(/^entry 3: [0-9a-f]{64} and [0-9a-f]{64}$/)
    expect(decisions[1]).to.include({ subject: 'recovery key', allowed: true, reason: 'entry 3' })
  })

  describe('the authority that was replaced', () => {
    let operator: ReturnType<typeof createMembershipOperator>

    beforeEach(async () => {
      operator = createMembershipOperator(founder)
      expect(idView(founder).authority).to.equal(true)
      expect(founder.authorityNote?.()).to.equal(undefined)
      await biscoe.recover({ recoveryKey: await recoveryKey() })
    })

    const told = async (): Promise<void> => { await founder.roster.accept(await biscoe.roster.entries(0, 10)) }

    it('says so, and offers none of its commands, also after a restart', async () => {
      await told()

      for (const membership of [founder, await bench.load(site)]) {
        operator = createMembershipOperator(membership)
        expect(idView(membership).authority).to.equal(false)
        expect(membership.authorityNote?.()).to.match(/was replaced by another one/)
        await expect(operator.renew({ site: 'biscoe' })).to.eventually.be.rejectedWith(/cannot renew: .*was replaced/)
        await expect(operator.rotateAuthority()).to.eventually.be.rejectedWith(/was replaced/)
        await expect(operator.listInvites()).to.eventually.be.rejectedWith(/was replaced/)
        expect(await membership.upkeep.renewMembers()).to.deep.equal([])
      }
    })

    it('tells the holder of its ticket who is no authority any more, and writes it down', async () => {
      const { ticket } = await invite(founder, 'dream')
      const prepared = await bench.prepare((await bench.site()).dir, ticket)
      await told()

      expect(EnrollAnswer.decode((await redeem(founder, prepared))[0]).code).to.equal(ENROLL_REFUSALS['not-authority'][0])
      expect((await facts(site)).at(-1)).to.include({ kind: 'decision', subject: 'dream', action: 'join', allowed: false, reason: 'not-authority' })
    })

    it('and the new one says that it has to be restarted, until it is', async () => {
      expect(idView(biscoe).authority).to.equal(false)
      expect(biscoe.authorityNote?.()).to.match(/restart it/)
      const again = await bench.load(at)
      expect(idView(again).authority).to.equal(true)
      expect(again.authorityNote?.()).to.equal(undefined)
    })
  })
})
