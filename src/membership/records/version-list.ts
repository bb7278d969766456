import { equals } from 'uint8arrays/equals'
import { domains } from '../../core/domains.ts'
import { part, sha256, uint64 } from '../bytes.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { RecordVersion, Roster, SiteView } from '../index.ts'

export interface VersionListComponents {
  roster: Pick<Roster, 'head' | 'member' | 'standing'>
  clock: Pick<Clock, 'now'>
  /** All records that are held */
  held(): Iterable<{ view: Pick<SiteView, 'site' | 'sequence'> }>
}

interface Built {
  /** Of the roster's head */
  head: Uint8Array
  /** No admission begins or ends from here on … */
  from: number
  /** … until here, Unix ms */
  until: number
  versions: readonly RecordVersion[]
  digest?: Uint8Array
}

/**
 * Which records are held of whoever is a member now, sorted, and the digest of that. Each
 * link asks for it; of 10,000 sites it takes 20 ms, so it is kept until a record or
 * the roster changes, or an admission begins or ends.
 */
export class VersionList {
  readonly #components: VersionListComponents
  #built: Built | undefined

  constructor (components: VersionListComponents) {
    this.#components = components
  }

  /** A record came or went */
  forget (): void {
    this.#built = undefined
  }

  versions (): readonly RecordVersion[] {
    return this.#present().versions
  }

  digest (): Uint8Array {
    const built = this.#present()
    built.digest ??= sha256(domains.recordsDigest, Buffer.concat(built.versions.flatMap(({ site, sequence }) => [part(site), uint64(sequence)])))

    return built.digest
  }

  #present (): Built {
    const { roster, clock } = this.#components
    const now = clock.now()
    const { head, from, until } = this.#built ?? {}

    if (this.#built == null || head == null || !equals(head, roster.head().hash) || now < (from ?? 0) || now >= (until ?? 0)) {
      this.#built = this.#build(now)
    }

    return this.#built
  }

  #build (now: number): Built {
    const { roster, held } = this.#components
    const versions: RecordVersion[] = []
    let from = -Infinity
    let until = Infinity

    for (const { view: { site, sequence } } of held()) {
      const member = roster.member(site)

      for (const edge of member == null ? [] : [member.notBefore, member.notAfter]) {
        if (edge <= now) {
          from = Math.max(from, edge)
        } else {
          until = Math.min(until, edge)
        }
      }

      if (roster.standing(site) === 'member') {
        versions.push({ site, sequence })
      }
    }

    versions.sort(bySite)

    return { head: roster.head().hash, from, until, versions }
  }
}

/** By UTF-16 code units, as everywhere on the wire */
function bySite (one: { site: SiteId }, other: { site: SiteId }): number {
  return one.site < other.site ? -1 : 1
}
