import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { domains } from '../../src/core/domains.ts'
import { part, sha256, uint64 } from '../../src/membership/bytes.ts'
import { VersionList } from '../../src/membership/records/version-list.ts'
import { standingOf } from '../../src/membership/roster/standing.ts'
import type { Member, RecordVersion } from '../../src/membership/index.ts'

/** A small world whose every fact can change: records, roster, clock */
class World {
  now = 100
  reads = 0
  head = { seq: 0, hash: Uint8Array.of(0) }
  readonly members = new Map<string, Member>()
  readonly held = new Map<string, { view: RecordVersion }>()
  readonly list = new VersionList({
    roster: {
      head: () => this.head,
      member: site => this.members.get(site),
      standing: site => { this.reads++; return standingOf(this.members.get(site), this.now) }
    },
    clock: { now: () => this.now },
    held: () => this.held.values()
  })

  admit (site: string, notBefore: number, notAfter: number): void {
    this.members.set(site, { site, notBefore, notAfter, signingKey: new Uint8Array(32), organization: '', capabilities: [], admittedSeq: 1, admittedAt: notBefore })
    this.#append()
  }

  revoke (site: string): void {
    const member = this.members.get(site)

    if (member != null) {
      this.members.set(site, { ...member, revoked: { at: this.now, reason: '', seq: 2 } })
      this.#append()
    }
  }

  keep (site: string, sequence: number): void {
    this.held.set(site, { view: { site, sequence } })
    this.list.forget()
  }

  #append (): void {
    this.head = { seq: this.head.seq + 1, hash: Uint8Array.of(this.head.seq + 1) }
  }

  /** The same, without any memory */
  fresh (): RecordVersion[] {
    return [...this.held.values()].map(({ view }) => view)
      .filter(({ site }) => standingOf(this.members.get(site), this.now) === 'member')
      .sort((one, other) => one.site < other.site ? -1 : 1)
  }
}

describe('the list of record versions', () => {
  it('is made once for many links', () => {
    const world = new World()
    world.admit('b', 0, 1_000)
    world.admit('a', 0, 1_000)
    world.keep('b', 1)
    world.keep('a', 2)

    expect(world.list.versions()).to.deep.equal([{ site: 'a', sequence: 2 }, { site: 'b', sequence: 1 }])
    const digest = world.list.digest()
    expect(digest).to.equalBytes(sha256(domains.recordsDigest, part('a'), uint64(2), part('b'), uint64(1)))
    const { reads } = world
    world.now += 500

    for (let link = 0; link < 100; link++) {
      expect(world.list.digest()).to.equal(digest)
    }

    expect(world.reads).to.equal(reads)
  })

  it('is right whatever changes: records, roster, and the clock in either direction', () => {
    const site = fc.constantFrom('a', 'b', 'c')
    const instant = fc.integer({ min: 0, max: 200 })
    const change = fc.oneof(
      fc.record({ what: fc.constant('admit' as const), site, from: instant, until: instant }),
      fc.record({ what: fc.constant('revoke' as const), site }),
      fc.record({ what: fc.constant('keep' as const), site, sequence: instant }),
      fc.record({ what: fc.constant('clock' as const), now: instant })
    )

    fc.assert(fc.property(fc.array(change, { maxLength: 40 }), changes => {
      const world = new World()

      for (const step of changes) {
        switch (step.what) {
          case 'admit': world.admit(step.site, step.from, step.until); break
          case 'revoke': world.revoke(step.site); break
          case 'keep': world.keep(step.site, step.sequence); break
          case 'clock': world.now = step.now; break
          default: throw new Error(step satisfies never)
        }

        expect(world.list.versions()).to.deep.equal(world.fresh())
      }
    }), { numRuns: 300 })
  })
})
