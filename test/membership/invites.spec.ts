import { expect } from 'aegir/chai'
import { verifyEd25519 } from '../../src/core/ed25519.ts'
import { rawPublicKey } from '../../src/core/raw-keys.ts'
import { ENROLL_REFUSALS } from '../../src/membership/enroll/codes.ts'
import { fingerprint } from '../../src/membership/fingerprint.ts'
import { EnrollRefusedError } from '../../src/membership/join/check-answers.ts'
import { rosterText, verifyRosterText } from '../../src/membership/roster-file.ts'
import { EnrollAnswer } from '../../src/protocols/enroll/pb/enroll.ts'
import { ADDRESS, invite, redeem, TestBench } from './fixture.ts'
import type { TestSite } from './fixture.ts'
import type { InviteFacts, LoadedMembership } from '../../src/membership/index.ts'
import type { PreparedJoin } from '../../src/membership/join/index.ts'

describe('tickets, as the operator sees them', () => {
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

  const list = async (): Promise<InviteFacts[]> => await founder.authority?.invites() ?? []
  const decide = async (...args: [string, 'cancel' | 'approve' | 'refuse']): Promise<InviteFacts | undefined> => founder.authority?.decide(...args)
  const code = async (prepared: PreparedJoin): Promise<number> => EnrollAnswer.decode((await redeem(founder, prepared))[0]).code
  const approvable = async (): Promise<string> => (await founder.authority?.invite({ site: 'biscoe', capabilities: [], addresses: [ADDRESS], peer: founder.records.get(founder.self)?.peers[0] ?? '', approve: true }))?.ticket ?? ''

  it('are listed with their state and never with their secret', async () => {
    await bench.join(founder, 'torgersen')
    const first = await invite(founder, 'biscoe')
    const second = await invite(founder, 'biscoe')
    expect(first).to.include({ cancelled: 0 })
    expect(second).to.include({ cancelled: 1 })
    await invite(founder, 'dream', { lifetime: 1_000 })
    bench.clock.time += 2_000

    const invites = await list()
    expect(invites.map(({ site, state }) => `${site.split('.')[0]} ${state}`)).to.have.members(['torgersen used', 'biscoe cancelled', 'biscoe open', 'dream expired'])
    const secrets = (await site.store.listInvites({})).map(({ secret }) => Buffer.from(secret).toString('hex'))
    secrets.forEach(secret => expect(JSON.stringify(invites)).to.not.contain(secret))
  })

  it('admit nobody once they are cancelled, by name or by the beginning of their id', async () => {
    const prepared = await bench.prepare((await bench.site()).dir, (await invite(founder, 'biscoe')).ticket)
    expect(await decide('biscoe', 'cancel')).to.include({ state: 'cancelled' })
    expect(await code(prepared)).to.equal(ENROLL_REFUSALS.cancelled[0])

    // the newest stands first
    bench.clock.time += 1
    await invite(founder, 'dream')
    const [{ id }] = await list()
    expect(await decide(id.slice(0, 12), 'cancel')).to.include({ id, state: 'cancelled' })
    await expect(decide(id, 'cancel')).to.eventually.be.rejectedWith(/is cancelled: it cannot be cancelled/)
    await expect(decide('nobody', 'cancel')).to.eventually.be.rejectedWith(/there is no ticket "nobody"/)
  })

  it('that need approval admit the one key that the operator saw', async () => {
    const ticket = await approvable()
    const at = await bench.site()
    const prepared = await bench.prepare(at.dir, ticket)
    await expect(decide('biscoe', 'approve')).to.eventually.be.rejectedWith(/nobody presented the ticket/)
    expect(await code(prepared)).to.equal(ENROLL_REFUSALS.waiting[0])
    expect(founder.roster.members()).to.have.lengthOf(1)

    const [waiting] = await list()
    expect(waiting).to.include({ state: 'waiting', approval: true, fingerprint: fingerprint(rawPublicKey(prepared.keys.site)) })
    // a thief of the ticket, later: his key is not the one that is shown, and is never admitted by it
    const thief = await bench.prepare((await bench.site()).dir, ticket)
    expect(await code(thief)).to.equal(ENROLL_REFUSALS.waiting[0])
    expect((await list())[0].fingerprint).to.equal(waiting.fingerprint)

    expect(await decide('biscoe', 'approve')).to.include({ state: 'approved' })
    expect(await code(thief)).to.equal(ENROLL_REFUSALS.waiting[0])
    // also after a restart of the authority
    founder = await bench.load(site)
    await bench.complete(at, prepared, await redeem(founder, prepared))
    expect((await bench.load(at)).self).to.equal('biscoe.net.example')
    expect(await code(thief)).to.equal(ENROLL_REFUSALS.used[0])
  })

  it('that are refused end the join for good, and the joiner keeps nothing', async () => {
    const at = await bench.site()
    const prepared = await bench.prepare(at.dir, await approvable())
    const waiting = await bench.complete(at, prepared, await redeem(founder, prepared)).catch((error: unknown) => error)
    expect(waiting).to.be.instanceOf(EnrollRefusedError).with.property('final', false)

    expect(await decide('biscoe', 'refuse')).to.include({ state: 'refused' })
    const refused = await bench.complete(at, prepared, await redeem(founder, prepared)).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(EnrollRefusedError).with.property('final', true)
    await expect(decide('biscoe', 'approve')).to.eventually.be.rejected()
  })
})

describe('an exported roster', () => {
  const bench = new TestBench()
  let text: string

  before(async () => {
    const founder = await bench.load(await bench.found())
    await bench.join(founder, 'biscoe')
    await founder.authority?.rotate()
    await founder.authority?.revoke('biscoe.net.example', 'gone')
    text = rosterText(await founder.roster.entries(0, 100))
  })

  after(async () => {
    await bench.clean()
  })

  const verify = async (of: string): ReturnType<typeof verifyRosterText> => verifyRosterText(of, bench.clock.now(), verifyEd25519)

  it('is judged by itself, to the last signature', async () => {
    const report = await verify(text)
    expect(report).to.include({ network: 'net.example', entries: 5, rotations: 1 })
    expect(report.members.map(({ standing }) => standing)).to.deep.equal(['member', 'revoked'])
    expect(await verify(text.replaceAll('\n', '\r\n'))).to.deep.equal(report)
  })

  it('is refused when an entry is changed, left out or put elsewhere, with its place', async () => {
    const lines = text.trimEnd().split('\n')
    const join = (...parts: string[]): string => parts.join('\n')
    const bytes = Buffer.from(lines[3], 'base64')
    bytes[bytes.length - 1] ^= 1
    await expect(verify(join(...lines.slice(0, 3), bytes.toString('base64'), ...lines.slice(4)))).to.eventually.be.rejectedWith(/entry 2 is not signed/)
    await expect(verify(join(...lines.slice(0, 3), ...lines.slice(4)))).to.eventually.be.rejectedWith(/line 4: entry 3 does not follow/)
    await expect(verify(join(lines[0], lines[2], lines[1]))).to.eventually.be.rejectedWith(/line 2: entry 1 does not follow/)
    await expect(verify(join(lines[0], 'AAAA'))).to.eventually.be.rejectedWith(/line 2/)
    await expect(verify('something else')).to.eventually.be.rejectedWith(/must begin with the line/)
    await expect(verify(lines[0])).to.eventually.be.rejectedWith(/no first entry/)
  })
})
