import { expect } from 'aegir/chai'
import { ALL_GUESSES, PEER_GUESSES } from '../../src/membership/authority/guesses.ts'
import { hex, owned } from '../../src/membership/bytes.ts'
import { enrollRefusal } from '../../src/membership/enroll/codes.ts'
import { requestMac } from '../../src/membership/enroll/macs.ts'
import { peerIdOf } from '../../src/membership/records/peer-proof.ts'
import { decodeTicket, encodeTicket } from '../../src/membership/ticket.ts'
import { EnrollAnswer, EnrollRequest } from '../../src/protocols/enroll/pb/enroll.ts'
import { invite, redeem, TestBench } from './fixture.ts'
import { peerOf } from './peers.ts'
import type { TestSite } from './fixture.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'
import type { PreparedJoin } from '../../src/membership/join/index.ts'

const DAY = 86_400_000

describe('a ticket that is not good', () => {
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

  async function prepared (name: string = 'biscoe'): Promise<PreparedJoin> {
    return bench.prepare((await bench.site()).dir, (await invite(founder, name)).ticket)
  }

  /** One clear refusal, and nothing changed at the authority */
  async function expectRefusal (join: Pick<PreparedJoin, 'request' | 'peerId'>, code: number, reason: RegExp): Promise<void> {
    const before = [founder.roster.head(), await site.store.listInvites({}), await site.store.listRecords({})]
    const answers = await redeem(founder, join)
    expect(answers).to.have.lengthOf(1)
    const answer = EnrollAnswer.decode(answers[0])

    expect(answer).to.include({ code, more: false })
    expect(answer.reason).to.match(reason)
    expect([answer.networkSecret.byteLength, answer.entries.length, answer.records.length]).to.deep.equal([0, 0, 0])
    expect([founder.roster.head(), await site.store.listInvites({}), await site.store.listRecords({})]).to.deep.equal(before)
  }

  /** A request of someone who has the ticket's secret and says something else */
  function changed (join: PreparedJoin, change: Partial<EnrollRequest>, { mac = true, joiner = join.peerId }: { mac?: boolean, joiner?: string } = {}): Pick<PreparedJoin, 'request' | 'peerId'> {
    const request = { ...EnrollRequest.decode(join.request), ...change }

    if (mac) {
      request.mac = requestMac({ ...request, secret: join.ticket.secret, joiner, inviter: join.ticket.peer })
    }

    return { request: EnrollRequest.encode(request), peerId: joiner }
  }

  it('that was used is refused, to another key', async () => {
    const first = await prepared()
    await redeem(founder, first)
    const second = await bench.prepare((await bench.site()).dir, encodeTicket(first.ticket))
    await expectRefusal(second, 6, /used before/)
  })

  it('that was used is refused to who knows it and only the public key of the site that it admitted', async () => {
    const first = await prepared()
    await redeem(founder, first)
    const thief = await peerOf(9)
    const record = EnrollRequest.decode(first.request).record

    // no record, the public one on another connection, the public one damaged on the admitted connection
    await expectRefusal(changed(first, { record: Uint8Array.of(1, 2, 3) }, { joiner: thief }), 10, /do not fit/)
    await expectRefusal(changed(first, {}, { joiner: thief }), 10, /do not fit/)
    await expectRefusal(changed(first, { record: owned(record.map((byte, at) => at === record.length - 1 ? byte ^ 1 : byte)) }), 10, /do not fit/)
    expect(EnrollAnswer.decode((await redeem(founder, first))[0]).code).to.equal(0)
  })

  it('that expired is refused, at the millisecond', async () => {
    const join = await prepared()
    bench.clock.time += DAY
    await expectRefusal(join, 7, /expired/)
    bench.clock.time -= 1
    expect(EnrollAnswer.decode((await redeem(founder, join))[0]).code).to.equal(0)
  })

  it('that was cancelled is refused', async () => {
    const join = await prepared()
    expect(await site.store.cancelInvite({ id: join.ticket.id })).to.equal(true)
    await expectRefusal(join, 8, /cancelled/)
  })

  it('is cancelled by the next one for the same name, and by no other', async () => {
    const join = await prepared()
    const { site: name } = join.ticket
    const invite = async (site: string): Promise<unknown> => founder.authority?.invite({ site, capabilities: [], addresses: join.ticket.addresses, peer: join.ticket.peer })

    await invite(`${name}-other`)
    expect((await site.store.findInvite({ id: join.ticket.id }))?.state).to.equal('open')
    await invite(name)
    await expectRefusal(join, 8, /cancelled/)
  })

  it('with a wrong secret is refused, and does not learn that the ticket is used', async () => {
    const join = await prepared()
    await redeem(founder, join)
    const guessed = await bench.prepare((await bench.site()).dir, encodeTicket({ ...join.ticket, secret: new Uint8Array(32).fill(9) }))
    await expectRefusal(guessed, 5, /secret does not fit/)
  })

  it('that nobody made is refused', async () => {
    const join = await prepared()
    const unknown = await bench.prepare((await bench.site()).dir, encodeTicket({ ...join.ticket, id: new Uint8Array(16) }))
    await expectRefusal(unknown, 4, /not known/)
  })

  it('of another network is refused', async () => {
    const join = await prepared()
    const other = await bench.prepare((await bench.site()).dir, encodeTicket({ ...join.ticket, genesis: new Uint8Array(32) }))
    await expectRefusal(other, 3, /another network/)
  })

  it('in a malformed request or of another version is refused', async () => {
    const join = await prepared()
    await expectRefusal({ ...join, request: Uint8Array.of(0x0a, 0xff) }, 1, /malformed/)
    await expectRefusal({ ...join, request: new Uint8Array(65_537) }, 1, /malformed/)
    await expectRefusal(changed(join, { signingKey: new Uint8Array(31) }), 1, /malformed/)
    await expectRefusal(changed(join, { version: 2 }), 2, /another version/)
  })

  it('for a name that a member took meanwhile is refused', async () => {
    const one = await prepared()
    // another spelling, so not the same invitation made anew
    const other = await prepared('Biscoe')
    await redeem(founder, one)
    await expectRefusal(other, 9, /a member has this site name/)
  })

  it('with a request that was recorded is of no use on another connection', async () => {
    const join = await prepared()
    await expectRefusal({ request: join.request, peerId: await peerOf(9) }, 5, /does not fit/)

    // nor at another inviter's peer id
    const answers = await founder.authority?.redeem(join.request, { joiner: join.peerId, inviter: await peerOf(8) })
    expect(EnrollAnswer.decode(answers?.[0] ?? new Uint8Array()).code).to.equal(5)
  })

  it('with keys that do not fit together is refused', async () => {
    const join = await prepared()
    const other = await prepared('dream')
    const theirs = EnrollRequest.decode(other.request)
    const own = EnrollRequest.decode(join.request)

    // a record of another site, a key that did not sign the record, a damaged record
    await expectRefusal(changed(join, { record: theirs.record }), 10, /do not fit/)
    await expectRefusal(changed(join, { signingKey: theirs.signingKey }), 10, /do not fit/)
    await expectRefusal(changed(join, { record: owned(own.record.subarray(0, -1)) }), 10, /do not fit/)
    // a connection of another daemon than the record names
    await expectRefusal(changed(join, {}, { joiner: await peerOf(9) }), 10, /do not fit/)
    // a record that was made for another network of the same name
    const twin = await bench.load(await bench.found())
    const there = await bench.prepare((await bench.site()).dir, (await invite(twin, 'biscoe')).ticket)
    await expectRefusal(changed({ ...there, ticket: join.ticket }, { genesis: own.genesis, ticket: own.ticket }), 10, /do not fit/)
  })

  it('for another organization is refused', async () => {
    const { ticket } = await invite(founder, 'biscoe', { organization: 'Clinic' })
    const claims = await bench.prepare((await bench.site()).dir, ticket, 'Ministry')
    await expectRefusal(claims, 16, /another organization/)

    const agrees = await bench.prepare((await bench.site()).dir, ticket, 'Clinic')
    expect(EnrollAnswer.decode((await redeem(founder, agrees))[0]).code).to.equal(0)
    expect(founder.roster.member('biscoe.net.example')?.organization).to.equal('Clinic')
  })

  it('may be tried a few times by one peer, then not even looked at', async () => {
    const join = await prepared()
    const guess = changed(join, { mac: new Uint8Array(32) }, { mac: false })

    for (let n = 0; n < PEER_GUESSES; n++) {
      expect(EnrollAnswer.decode((await redeem(founder, guess))[0]).code).to.equal(5)
    }

    // also the right one, from this peer
    await expectRefusal(guess, 11, /too many wrong tickets/)
    await expectRefusal(join, 11, /too many wrong tickets/)

    bench.clock.time += 60_000
    expect(EnrollAnswer.decode((await redeem(founder, join))[0]).code).to.equal(0)
  })

  it('may be tried so many times by all together, and honest joins go on', async () => {
    const join = await prepared()
    const codes = new Map<number, number>()

    for (let n = 0; n < ALL_GUESSES + 20; n++) {
      const guess = changed(join, { ticket: new Uint8Array(16).fill(n) }, { joiner: await peerOf(n) })
      const { code } = EnrollAnswer.decode((await redeem(founder, guess))[0])
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }

    expect([...codes]).to.deep.equal([[4, ALL_GUESSES], [11, 20]])
    expect(EnrollAnswer.decode((await redeem(founder, join))[0]).code).to.equal(0)
  })

  it('is told apart by the joiner, in our own words', async () => {
    const at = await bench.site()
    const join = await bench.prepare(at.dir, (await invite(founder, 'biscoe')).ticket)
    const says = async (answers: Uint8Array[]): Promise<any> => bench.complete(at, join, answers).then(() => 'joined', (error: unknown) => error)

    const busy = await says([enrollRefusal('unavailable')])
    expect(busy).to.include({ name: 'EnrollRefusedError', final: false, code: 'REFUSED' })
    // the same keys go on
    expect((await bench.prepare(at.dir, encodeTicket(join.ticket))).peerId).to.equal(join.peerId)

    expect(await says([EnrollAnswer.encode({ code: 6, reason: '<script>' })])).to.have.property('message').that.matches(/^this ticket was used before/)
    // nobody will ever admit those keys
    expect((await bench.prepare(at.dir, encodeTicket(join.ticket))).peerId).to.not.equal(join.peerId)
    expect(await says([EnrollAnswer.encode({ code: 99, reason: '\u001b[31mred' })])).to.have.property('message').that.equals('the inviter refused with code 99: "\\u001b[31mred"')
  })

  describe('is not made', () => {
    const refused = async (options: Partial<Parameters<NonNullable<LoadedMembership['authority']>['invite']>[0]>): Promise<any> => {
      const input = { site: 'biscoe', capabilities: [], addresses: ['/ip4/127.0.0.1/tcp/1'], peer: peerIdOf(founder.peerKey), ...options }

      return founder.authority?.invite(input).then(() => 'made', (error: unknown) => error)
    }

    it('for the name of a member, however it is written', async () => {
      expect(await refused({ site: 'founder' })).to.have.property('message').that.matches(/taken by the member founder\.net\.example/)
      expect(await refused({ site: 'Founder' })).to.have.property('message').that.matches(/taken/)
    })

    it('from values out of their rules', async () => {
      expect(await refused({ site: 'a.b' })).to.have.property('field', 'site')
      expect(await refused({ lifetime: 0 })).to.have.property('field', 'lifetime')
      expect(await refused({ lifetime: 31 * DAY })).to.have.property('field', 'lifetime')
      expect(await refused({ addresses: [] })).to.have.property('field', 'addresses')
      expect(await refused({ addresses: ['nowhere'] })).to.have.property('field', 'addresses')
      expect(await refused({ capabilities: ['a b'] })).to.have.property('field', 'capability pattern')
      expect(await refused({ capabilities: new Array(65).fill('a') })).to.have.property('field', 'capability patterns')
      expect(await refused({ organization: 'a\nb' })).to.have.property('field', 'organization')
      expect(await site.store.listInvites({})).to.have.lengthOf(0)
    })
  })

  it('never puts its secret on the wire', async () => {
    const join = await prepared()
    const secret = hex(decodeTicket(encodeTicket(join.ticket)).secret)
    expect(hex(join.request)).to.not.include(secret)

    for (const answer of await redeem(founder, join)) {
      expect(hex(answer)).to.not.include(secret)
    }
  })
})
