import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { systemRandom } from '../../src/core/random.ts'
import { admittedAnswers } from '../../src/membership/enroll/answers.ts'
import { answerMac } from '../../src/membership/enroll/macs.ts'
import { foundNetwork } from '../../src/membership/found.ts'
import { encodeTicket } from '../../src/membership/ticket.ts'
import { EnrollAnswer } from '../../src/protocols/enroll/pb/enroll.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import { invite, redeem, TestBench } from './fixture.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'
import type { Store } from '../../src/store/index.ts'

describe('enrolment', () => {
  let bench: TestBench

  beforeEach(() => {
    bench = new TestBench()
  })

  afterEach(async () => {
    await bench.clean()
  })

  it('makes a member out of a ticket', async () => {
    const founder = await bench.load(await bench.found())
    const { membership } = await bench.join(founder, 'biscoe', ['penguins/*'])

    expect(membership.self).to.equal('biscoe.net.example')
    expect(membership.roster.standing('founder.net.example')).to.equal('member')
    expect(membership.roster.member('biscoe.net.example')?.capabilities).to.deep.equal(['penguins/*'])
    expect(membership.networkSecret).to.equalBytes(founder.networkSecret)
    expect(membership.records.encryptionKey('founder.net.example')).to.be.ok()
    expect(founder.records.encryptionKey('biscoe.net.example')).to.be.ok()
    expect(membership.records.digest()).to.equalBytes(founder.records.digest())
    expect(membership.authority).to.equal(undefined)
    expect(membership.fingerprint).to.equal(founder.fingerprint)
  })

  it('admits for a year, beginning a clock difference ago', async () => {
    const founder = await bench.load(await bench.found())
    await bench.join(founder, 'biscoe')
    const { notBefore, notAfter } = founder.roster.member('biscoe.net.example') ?? { notBefore: 0, notAfter: 0 }

    expect(notAfter).to.equal(bench.clock.time + 365 * 86_400_000)
    expect(notBefore).to.equal(bench.clock.time - 300_000)
    bench.clock.time = notAfter
    expect(founder.roster.standing('biscoe.net.example')).to.equal('expired')
    expect(founder.records.encryptionKey('biscoe.net.example')).to.equal(undefined)
  })

  it('redeems many tickets one at a time', async () => {
    const founder = await bench.load(await bench.found())
    const joins = await Promise.all([...new Array(12).keys()].map(async n => {
      const site = await bench.site()
      const { ticket } = await invite(founder, `s${n}`)

      return { site, prepared: await bench.prepare(site.dir, ticket) }
    }))
    const answers = await Promise.all(joins.map(async ({ prepared }) => redeem(founder, prepared)))

    expect(founder.roster.head().seq).to.equal(13)
    expect(answers.map(([answer]) => EnrollAnswer.decode(answer).entries.length).sort((a, b) => a - b)).to.deep.equal([...new Array(12).keys()].map(n => n + 3))
    await Promise.all(joins.map(async ({ site, prepared }, n) => bench.complete(site, prepared, answers[n])))
  })

  it('of one ticket by two at once admits one', async () => {
    const founder = await bench.load(await bench.found())
    const { ticket } = await invite(founder, 'biscoe')
    const [one, other] = await Promise.all([bench.site(), bench.site()].map(async site => bench.prepare((await site).dir, ticket)))
    const codes = (await Promise.all([redeem(founder, one), redeem(founder, other)])).map(([answer]) => EnrollAnswer.decode(answer).code)

    expect(codes.sort((a, b) => a - b)).to.deep.equal([0, 6])
    expect(founder.roster.head().seq).to.equal(2)
  })

  it('sends a long log in messages of at most 1 MiB, each with its own MAC', () => {
    const entries = [...new Array(700).keys()].map(n => new Uint8Array(n % 3 === 0 ? 12_000 : 150).fill(n))
    const records = [...new Array(300).keys()].map(n => new Uint8Array(n % 5 === 0 ? 16_384 : 300).fill(n))
    const secret = new Uint8Array(32).fill(1)
    const requestMac = new Uint8Array(32).fill(2)
    const answers = admittedAnswers({ secret, requestMac, networkSecret: new Uint8Array(32).fill(3), entries, records })
    const decoded = answers.map(answer => EnrollAnswer.decode(answer))

    expect(answers.length).to.be.above(3)
    expect(Math.max(...answers.map(({ byteLength }) => byteLength))).to.be.at.most(1_048_576)
    expect(decoded.flatMap(({ entries }) => entries)).to.deep.equal(entries)
    expect(decoded.flatMap(({ records }) => records)).to.deep.equal(records)
    expect(decoded.map(({ more }) => more)).to.deep.equal([...new Array(answers.length - 1).fill(true), false])
    expect(decoded.map(({ networkSecret }) => networkSecret.byteLength)).to.deep.equal([32, ...new Array(answers.length - 1).fill(0)])
    decoded.forEach((answer, index) => { expect(answer.mac).to.equalBytes(answerMac(secret, requestMac, index, answer)) })
    expect(new Set(decoded.map(({ mac }) => Buffer.from(mac).toString('hex'))).size).to.equal(answers.length)
  })

  it('writes keys for their owner only, and the network file last', async () => {
    const founder = await bench.load(await bench.found())
    const { dir } = await bench.join(founder, 'biscoe')
    const names = await readdir(join(dir, 'keys'))

    expect(names.sort().map(name => name.replace(/^enc-[0-9a-f]{16}/, 'enc-ID'))).to.deep.equal(['enc-ID.key', 'network.secret', 'peer.key', 'site.key'])
    expect((await stat(join(dir, 'keys'))).mode & 0o777).to.equal(0o700)
    expect((await stat(dir)).mode & 0o777).to.equal(0o700)

    for (const name of names) {
      expect((await stat(join(dir, 'keys', name))).mode & 0o777, name).to.equal(0o600)
    }

    expect(JSON.parse(await readFile(join(dir, 'network.json'), 'utf8'))).to.deep.equal({ version: 1, network: 'net.example', site: 'biscoe.net.example', genesis: Buffer.from(founder.roster.genesis).toString('hex') })
    // nothing of the attempt is left
    expect((await readdir(dir)).sort()).to.deep.equal(['keys', 'network.json'])
  })

  it('lets a revoked name come back with new keys, and forgets the old record', async () => {
    const founder = await bench.load(await bench.found())
    const old = await bench.join(founder, 'biscoe')
    const oldRecord = old.membership.records.own()
    await old.membership.records.publish({ peers: [peerOfSite(old.membership)], addresses: ['/ip4/192.0.2.9/tcp/1'], mailboxes: [] })
    await founder.records.accept(old.membership.records.own())
    await founder.authority?.revoke('biscoe.net.example', 'stolen')

    const { membership } = await bench.join(founder, 'biscoe')
    expect(founder.roster.standing('biscoe.net.example')).to.equal('member')
    expect(founder.records.get('biscoe.net.example')).to.include({ sequence: 1 })
    expect(founder.records.signed('biscoe.net.example')).to.equalBytes(membership.records.own())
    // what the old keys signed counts nowhere any more
    expect(await founder.records.accept(oldRecord)).to.equal('refused')
    expect(await founder.records.accept(old.membership.records.own())).to.equal('refused')

    // the old daemon learns it, and what it would publish goes nowhere
    await old.membership.roster.accept(await founder.roster.entries(0, 100))
    const before = old.membership.records.own()
    await old.membership.records.publish({ peers: [], addresses: [], mailboxes: [] })
    expect(old.membership.records.own()).to.equalBytes(before)
    await expect(bench.load(old)).to.eventually.be.rejectedWith(/admitted anew with another key/)
  })

  describe('that was cut', () => {
    let founder: LoadedMembership
    let ticket: string

    beforeEach(async () => {
      founder = await bench.load(await bench.found())
      ticket = (await invite(founder, 'biscoe')).ticket
    })

    it('before the answer arrived is finished by the same ticket, as long as that is good', async () => {
      const site = await bench.site()
      const first = await bench.prepare(site.dir, ticket)
      const lost = await redeem(founder, first)
      bench.clock.time += 86_400_000
      expect(EnrollAnswer.decode((await redeem(founder, first))[0])).to.include({ code: 7 })
      bench.clock.time -= 1

      const second = await bench.prepare(site.dir, ticket)
      expect(second.request).to.equalBytes(first.request)
      const answers = await redeem(founder, second)
      expect(answers).to.deep.equal(lost)
      expect(founder.roster.head().seq).to.equal(2)
      await bench.complete(site, second, answers)
      expect((await bench.load(site)).self).to.equal('biscoe.net.example')
    })

    it('while the keys were made begins again', async () => {
      const site = await bench.site()
      const first = await bench.prepare(site.dir, ticket)
      await rm(join(first.staging, 'request'))
      const second = await bench.prepare(site.dir, ticket)
      expect(second.peerId).to.not.equal(first.peerId)
      await bench.complete(site, second, await redeem(founder, second))
    })

    /** Fails at the n-th write of the store */
    function failing (store: Store, at: number): Store {
      let writes = 0

      return new Proxy(store, {
        get: (target, name, receiver) => ['appendRoster', 'putRecord', 'setMeta'].includes(String(name))
          ? async (input: never) => {
            if (++writes === at) {
              throw new Error('cut')
            }

            return (target as any)[name](input)
          }
          : Reflect.get(target, name, receiver)
      })
    }

    it('at any write of the store is finished by the same ticket', async () => {
      await bench.join(founder, 'dream')

      for (const at of [1, 2, 3]) {
        const site = await bench.site()
        const { ticket } = await invite(founder, `cut${at}`)
        const first = await bench.prepare(site.dir, ticket)
        const answers = await redeem(founder, first)
        await expect(bench.complete({ ...site, store: failing(site.store, at) }, first, answers)).to.eventually.be.rejectedWith('cut')
        await expect(bench.load(site)).to.eventually.be.rejectedWith(/belongs to no network yet/)

        const second = await bench.prepare(site.dir, ticket)
        await bench.complete(site, second, await redeem(founder, second))
        const membership = await bench.load(site)
        expect(membership.records.digest()).to.equalBytes(founder.records.digest())
      }
    })

    it('after the keys were written says what to do with another ticket', async () => {
      const site = await bench.site()
      const first = await bench.prepare(site.dir, ticket)
      await expect(bench.complete({ ...site, store: failing(site.store, 1) }, first, await redeem(founder, first))).to.eventually.be.rejectedWith('cut')

      const { ticket: another } = await invite(founder, 'dream')
      await expect(bench.prepare(site.dir, another)).to.eventually.be.rejectedWith(/did not finish: run the join with that ticket again/)
    })

    it('is not begun in the directory of a member', async () => {
      const { dir } = await bench.join(founder, 'dream')
      await expect(bench.prepare(dir, ticket)).to.eventually.be.rejectedWith(/belongs to dream\.net\.example already/)
    })
  })

  describe('with an inviter that is not what the ticket says', () => {
    it('is refused whatever is wrong with the answer, and nothing is written', async () => {
      const founder = await bench.load(await bench.found())
      await bench.join(founder, 'dream')
      const site = await bench.site()
      const { ticket } = await invite(founder, 'biscoe')
      const prepared = await bench.prepare(site.dir, ticket)
      const answers = (await redeem(founder, prepared)).map(bytes => EnrollAnswer.decode(bytes))
      const [answer] = answers
      const wrong: EnrollAnswer[][] = [
        [],
        [{ ...answer, mac: new Uint8Array(32) }],
        [{ ...answer, networkSecret: new Uint8Array(32) }],
        [{ ...answer, entries: answer.entries.slice(0, -1) }],
        [{ ...answer, records: [] }],
        [{ ...answer, more: true }],
        [answer, answer]
      ]

      for (const [n, answers] of wrong.entries()) {
        await expect(bench.complete(site, prepared, answers.map(answer => EnrollAnswer.encode(answer))), String(n)).to.eventually.be.rejected.with.property('code', 'ENROLL_ANSWER')
        expect((await readdir(site.dir)).sort()).to.deep.equal(['joining'])
        expect(await site.store.rosterHead({})).to.equal(undefined)
      }

      await bench.complete(site, prepared, answers.map(answer => EnrollAnswer.encode(answer)))
    })

    it('is refused with the clock of this machine far off, until it is set', async () => {
      const founder = await bench.load(await bench.found())
      const site = await bench.site()
      const prepared = await bench.prepare(site.dir, (await invite(founder, 'biscoe')).ticket)
      const answers = await redeem(founder, prepared)
      bench.clock.time -= 86_400_000
      await expect(bench.complete(site, prepared, answers)).to.eventually.be.rejectedWith(/clock of this machine says .* run the same command again/)
      bench.clock.time += 86_400_000
      await bench.complete(site, prepared, answers)
    })
  })

  it('survives the authority being cut after the commit', async () => {
    const dir = await bench.dir()
    const path = join(dir, 'beam.sqlite')
    const first = inProcessStore(openCore({ path }))
    const at = { ...await bench.site(), store: first }
    await foundNetwork({ dir: at.dir, store: first, network: 'net', site: 'founder', recoveryFile: join(dir, 'recovery.key'), clock: bench.clock, random: systemRandom })

    const site = await bench.site()
    const prepared = await bench.prepare(site.dir, (await invite(await bench.load(at), 'biscoe')).ticket)
    await redeem(await bench.load(at), prepared)
    await first.close()

    const second = inProcessStore(openCore({ path }))
    const founder = await bench.load({ ...at, store: second })
    expect(founder.roster.standing('biscoe.net')).to.equal('member')
    await bench.complete(site, prepared, await redeem(founder, await bench.prepare(site.dir, encodeTicket(prepared.ticket))))
    await second.close()
  })
})

function peerOfSite ({ records, self }: LoadedMembership): string {
  return records.get(self)?.peers[0] ?? ''
}
