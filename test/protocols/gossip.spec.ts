import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { SignedRecord, SiteRecord } from '../../src/membership/pb/membership.ts'
import { BAD_NEWS_RATE, MAX_QUEUED_BYTES, VECTOR_RATE } from '../../src/protocols/control/constants.ts'
import { Gossip } from '../../src/protocols/control/gossip.ts'
import { Frame } from '../../src/protocols/control/pb/control.ts'
import { StubClock, stubLink } from './helpers/stub-link.ts'
import type { Log } from '../../src/core/log.ts'
import type { Membership } from '../../src/membership/index.ts'
import type { ControlLink } from '../../src/protocols/control/link.ts'

const tick = async (): Promise<void> => new Promise(resolve => { setImmediate(resolve) })
const frame = (part: Partial<Frame>): Frame => Frame.decode(Frame.encode(part))
const roster = { head: () => ({ seq: 1, hash: new Uint8Array(32) }), standing: () => 'member' }

interface Books {
  records?: object
  roster?: object
}

function gossiping (books: Books, log: Log = silentLog): { gossip: Gossip, clock: StubClock } {
  const clock = new StubClock()
  const membership = { self: 'self.test', roster: { ...roster, ...books.roster }, records: books.records } as unknown as Membership

  return { gossip: new Gossip({ membership, clock, log, links: () => [], resync: async () => {} }), clock }
}

function recordOf (site: string, sequence: number): Uint8Array<ArrayBuffer> {
  const record = SiteRecord.encode({ version: 1, network: 'test', site, sequence, at: 1, peers: [], addresses: [], keys: [], mailboxes: [], peerProofs: [] })

  return SignedRecord.encode({ record, signature: new Uint8Array(64) })
}

/** A link that hands what is sent to the other side's gossip */
function wire (id: string, to: () => Gossip, back: () => ControlLink, count: () => void): ControlLink {
  const pass = (part: Partial<Frame>): boolean => {
    count()
    void to().take(back(), frame(part))

    return true
  }

  return { peerId: id, site: `${id}.test`, connection: { id }, down: false, sendUrgent: pass, write: async (part: Partial<Frame>) => { pass(part) } } as unknown as ControlLink
}

describe('news of membership', () => {
  it('a vector of nothing is answered with all records only as fast as the peer reads, and not again and again', async () => {
    const signed = new Uint8Array(16_000)
    const versions = Array.from({ length: 2_000 }, (_, at) => ({ site: `s${at}.test`, sequence: 1 }))
    const { gossip } = gossiping({ records: { versions: () => versions, signed: () => signed } })
    const { link, reason } = stubLink()

    for (let at = 0; at < 200; at++) {
      await gossip.take(link, frame({ recordVector: { versions: [] } }))
    }

    // 32 MB were asked for 200 times
    expect(link.queue).to.be.lessThan(5)
    expect(reason()).to.equal(undefined)

    const reading = stubLink()
    reading.stream.taking = true
    let answers = 0
    const counting = gossiping({ records: { versions: () => versions.slice(0, 1), signed: () => { answers++; return signed } } })

    for (let at = 0; at < 200; at++) {
      await counting.gossip.take(reading.link, frame({ recordVector: { versions: [] } }))
      await tick()
    }

    expect(answers).to.equal(VECTOR_RATE.burst)
    counting.clock.pass(1_000 / VECTOR_RATE.rate)
    await counting.gossip.take(reading.link, frame({ recordVector: { versions: [] } }))
    expect(answers).to.equal(VECTOR_RATE.burst + 1)
    expect(reading.stream.written).to.be.lessThan(MAX_QUEUED_BYTES)
  })

  it('two members that each refuse a record of the other come to an end', async () => {
    let frames = 0
    const held = (site: string): object => ({ versions: () => [{ site, sequence: 1 }], signed: () => recordOf(site, 1), digest: () => Buffer.from(site), accept: async () => 'refused' })
    const one: Gossip = gossiping({ records: held('a.test') }).gossip
    const other: Gossip = gossiping({ records: held('b.test') }).gossip
    const count = (): void => { frames++ }
    const toOther: ControlLink = wire('other', () => other, () => toOne, count)
    const toOne: ControlLink = wire('one', () => one, () => toOther, count)
    one.up(toOther)
    other.up(toOne)

    for (let at = 0; at < 200; at++) {
      await tick()
    }

    // heads, vectors and one more vector each way, each of them answered
    expect(frames).to.be.within(4, 12)
  })

  it('both have all records after one comparison, whoever lacks some', async () => {
    const book = (...sites: string[]): Map<string, Uint8Array> => new Map(sites.map(site => [site, recordOf(site, 1)]))
    const books = [book('a.test', 'c.test'), book('b.test')]
    const records = books.map(held => ({
      versions: () => [...held.keys()].sort().map(site => ({ site, sequence: 1 })),
      signed: (site: string) => held.get(site),
      digest: () => Buffer.from([...held.keys()].sort().join(' ')),
      accept: async (signed: Uint8Array) => {
        const { site } = SiteRecord.decode(SignedRecord.decode(signed).record)
        held.set(site, signed)

        return 'new'
      }
    }))
    const gossips = records.map(records => gossiping({ records }).gossip)
    const toOther: ControlLink = wire('other', () => gossips[1], () => toOne, () => {})
    const toOne: ControlLink = wire('one', () => gossips[0], () => toOther, () => {})
    // one side alone begins
    gossips[0].up(toOther)

    for (let at = 0; at < 50; at++) {
      await tick()
    }

    expect(books.map(held => [...held.keys()].sort())).to.deep.equal([['a.test', 'b.test', 'c.test'], ['a.test', 'b.test', 'c.test']])
  })

  it('that are worth nothing are checked and logged seldom, and those of others are not held up', async () => {
    let checked = 0
    let lines = 0
    const log = { ...silentLog, warn: () => { lines++ } } as unknown as Log
    const refuse = async (): Promise<unknown> => { checked++; return { kind: 'refused', reason: 'test' } }
    const { gossip, clock } = gossiping({ roster: { accept: refuse } }, log)
    const bad = stubLink().link
    const news = frame({ roster: { entries: [Uint8Array.of(1)], headSeq: 1, headHash: new Uint8Array(32) } })

    for (let at = 0; at < 1_000; at++) {
      await gossip.take(bad, news)
    }

    expect(checked).to.equal(BAD_NEWS_RATE.burst)
    // one for what was refused, one for what was not looked at
    expect(lines).to.equal(2)
    await gossip.take({ peerId: 'another', site: 'another.test' } as unknown as ControlLink, news)
    expect(checked).to.equal(BAD_NEWS_RATE.burst + 1)
    clock.pass(1_000)
    await gossip.take(bad, news)
    expect(checked).to.equal(BAD_NEWS_RATE.burst + 2)
  })

  it('heads that are none cost few sessions, and are logged seldom', async () => {
    let sessions = 0
    let lines = 0
    const log = { ...silentLog, warn: () => { lines++ } } as unknown as Log
    const membership = { self: 'self.test', roster, records: {} } as unknown as Membership
    const resync = async (): Promise<void> => { sessions++; throw new Error('test') }
    const gossip = new Gossip({ membership, clock: new StubClock(), log, links: () => [], resync })
    const { link } = stubLink()

    for (let at = 0; at < 200; at++) {
      await gossip.take(link, frame({ roster: { entries: [], headSeq: 1_000, headHash: new Uint8Array(32) } }))
      await tick()
    }

    expect(sessions).to.equal(BAD_NEWS_RATE.burst)
    expect(lines).to.equal(2)
  })

  it('forged records are checked seldom, good ones without end', async () => {
    let checked = 0
    let outcome = 'refused'
    const { gossip } = gossiping({ records: { accept: async () => { checked++; return outcome } } })
    const { link } = stubLink()
    const take = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at++) {
        await gossip.take(link, frame({ records: { records: [recordOf(`s${checked}x${at}.test`, 1)] } }))
      }
    }

    outcome = 'new'
    await take(500)
    expect(checked).to.equal(500)
    outcome = 'refused'
    await take(500)
    expect(checked).to.equal(500 + BAD_NEWS_RATE.burst)
  })

  it('a site that makes new records quickly is heard once a second, and its newest one wins', async () => {
    const taken: number[] = []
    const { gossip, clock } = gossiping({
      records: {
        accept: async (signed: Uint8Array) => {
          taken.push(SiteRecord.decode(SignedRecord.decode(signed).record).sequence)
          return 'new'
        }
      }
    })
    const { link } = stubLink()

    for (let sequence = 1; sequence <= 100; sequence++) {
      await gossip.take(link, frame({ records: { records: [recordOf('quick.test', sequence)] } }))
    }

    expect(taken).to.deep.equal([1, 2, 3, 4])
    clock.pass(1_000)
    await tick()
    expect(taken).to.deep.equal([1, 2, 3, 4, 100])
    expect(clock.timers.size).to.equal(0)

    await gossip.take(link, frame({ records: { records: [recordOf('quick.test', 101)] } }))
    expect(clock.timers.size).to.equal(1)
    gossip.stop()
    expect(clock.timers.size).to.equal(0)
  })
})
