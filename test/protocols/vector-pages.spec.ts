import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { silentLog } from '../../src/core/log.ts'
import { MAX_CONTROL_FRAME, MAX_VECTOR, VECTOR_RATE } from '../../src/protocols/control/constants.ts'
import { Frame } from '../../src/protocols/control/pb/control.ts'
import { hasNewer, lackingSites, vectorPages } from '../../src/protocols/control/vector-pages.ts'
import { Vectors } from '../../src/protocols/control/vectors.ts'
import { StubClock } from './helpers/stub-link.ts'
import type { RecordVersion } from '../../src/membership/index.ts'
import type { ControlLink } from '../../src/protocols/control/link.ts'

const SITES = 10_000
const tick = async (): Promise<void> => new Promise(resolve => { setImmediate(resolve) })
const sorted = (versions: RecordVersion[]): RecordVersion[] => versions.sort((one, other) => one.site < other.site ? -1 : 1)

function many (count: number, name: (at: number) => string = at => `s${String(at).padStart(5, '0')}.net`): RecordVersion[] {
  return Array.from({ length: count }, (_, at) => ({ site: name(at), sequence: 1 }))
}

/** A site with its records, and what it sends */
class Side {
  readonly held: Map<string, number>
  readonly vectors: Vectors
  link!: ControlLink
  sentVectors = 0
  sentRecords = 0

  constructor (versions: RecordVersion[]) {
    this.held = new Map(versions.map(({ site, sequence }) => [site, sequence]))
    this.vectors = new Vectors({
      records: {
        versions: () => sorted([...this.held].map(([site, sequence]) => ({ site, sequence }))),
        signed: site => new TextEncoder().encode(`${site} ${this.held.get(site)}`)
      },
      clock: new StubClock(),
      log: silentLog
    })
  }

  connect (to: Side): void {
    const pass = (part: Partial<Frame>): boolean => {
      const frame = Frame.decode(Frame.encode(part))
      this.sentVectors += frame.recordVector == null ? 0 : 1
      this.sentRecords += frame.records?.records.length ?? 0
      setImmediate(() => { to.#arrive(frame) })

      return true
    }

    this.link = { peerId: 'peer', site: 'peer.net', connection: { id: 'connection' }, down: false, sendUrgent: pass, write: async (part: Partial<Frame>) => { pass(part) } } as unknown as ControlLink
  }

  #arrive (frame: Frame): void {
    if (frame.recordVector != null) {
      this.vectors.take(this.link, frame.recordVector)
    }

    for (const record of frame.records?.records ?? []) {
      const [site, sequence] = new TextDecoder().decode(record).split(' ')
      this.held.set(site, Math.max(Number(sequence), this.held.get(site) ?? 0))
    }
  }
}

async function compare (one: Side, other: Side): Promise<void> {
  one.connect(other)
  other.connect(one)
  one.vectors.begin(one.link)

  for (let turn = 0; turn < 400; turn++) {
    await tick()
  }
}

describe('vectors of a large network', () => {
  it('are cut into frames that fit, whatever the names, and tell of each site once', () => {
    for (const versions of [[], many(1), many(MAX_VECTOR), many(SITES), many(SITES, at => `${String(at).padStart(5, '0')}${'ü'.repeat(312)}`)]) {
      const pages = [...vectorPages(versions)]

      expect(pages.flatMap(page => page.versions)).to.deep.equal(versions)
      expect(pages[0].after).to.equal(undefined)
      expect(pages.at(-1)?.upto).to.equal(undefined)
      pages.slice(1).forEach(({ after }, at) => { expect(after).to.equal(pages[at].upto) })
      pages.forEach(page => {
        const bytes = Frame.encode({ recordVector: page })
        expect(bytes.byteLength).to.be.lessThan(MAX_CONTROL_FRAME)
        expect(Frame.decode(bytes).recordVector).to.deep.equal(page)
      })
    }

    // what was one vector before is the same bytes now
    expect([...vectorPages(many(MAX_VECTOR))]).to.deep.equal([{ versions: many(MAX_VECTOR) }])
    expect([...vectorPages([])]).to.deep.equal([{ versions: [] }])
    expect([...vectorPages(many(SITES))]).to.have.lengthOf(3)
  })

  it('of 10,000 sites complete both sides, and move only what is missing', async () => {
    const all = many(SITES)
    const without = (...gone: number[]): RecordVersion[] => all.filter((_, at) => !gone.includes(at))
    const one = new Side(without(0, 5_000, 9_999))
    const other = new Side(without(1, 4_095, 4_096, 9_998))
    one.held.set('s07000.net', 2)
    await compare(one, other)

    expect(one.held.size).to.equal(SITES)
    expect([...other.held].sort().join()).to.equal([...one.held].sort().join())
    expect(other.held.get('s07000.net')).to.equal(2)
    // whoever began tells once more what it has when it sees that the other has news
    expect(one.sentRecords).to.equal(5)
    expect(other.sentRecords).to.be.within(3, 6)
    expect([one.sentVectors, other.sentVectors]).to.deep.equal([6, 3])
  })

  it('count as one comparison: a peer cannot ask for all there is by each of them', async () => {
    const side = new Side(many(SITES))
    side.connect(new Side([]))
    const { link } = side

    // pages out of order or twice are not looked at
    for (const { after, upto } of [...vectorPages(many(SITES))].slice(1).reverse()) {
      side.vectors.take(link, { versions: [], after, upto })
    }

    await tick()
    expect(side.sentRecords).to.equal(0)

    for (let again = 0; again < 3; again++) {
      for (const { after, upto } of vectorPages(many(SITES))) {
        for (let twice = 0; twice < 2; twice++) {
          side.vectors.take(link, { versions: [], after, upto })
        }
      }

      for (let turn = 0; turn < 400; turn++) {
        await tick()
      }
    }

    // the first page of each was sent twice, and costs a comparison each time
    expect(side.sentRecords).to.be.within(3 * SITES, 4 * SITES + 3 * MAX_VECTOR)
    expect(VECTOR_RATE.burst).to.equal(6)
    const before = side.sentRecords
    side.vectors.take(link, { versions: [] })
    await tick()
    expect(side.sentRecords).to.equal(before)
  })

  it('say the same in pieces as in one, wherever they are cut', () => {
    const versions = fc.uniqueArray(fc.record({ site: fc.constantFrom(...'abcdefghij'), sequence: fc.integer({ min: 1, max: 3 }) }), { selector: ({ site }) => site }).map(sorted)

    fc.assert(fc.property(versions, versions, fc.uniqueArray(fc.constantFrom(...'abcdefghij')), (ours, theirs, cuts) => {
      const edges = [...cuts].sort()
      const pages = [undefined, ...edges].map((after, at) => {
        const upto = edges[at]

        return { after, upto, versions: theirs.filter(({ site }) => (after == null || site > after) && (upto == null || site <= upto)) }
      })
      const expected = ours.filter(({ site, sequence }) => sequence > (theirs.find(their => their.site === site)?.sequence ?? 0)).map(({ site }) => site)

      expect(pages.flatMap(page => lackingSites(ours, page))).to.deep.equal(expected)
      expect(pages.some(page => hasNewer(ours, page))).to.equal(theirs.some(({ site, sequence }) => sequence > (ours.find(our => our.site === site)?.sequence ?? 0)))
    }))
  })
})
