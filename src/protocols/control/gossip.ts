import { MAX_NEWS, MAX_NEWS_BYTES } from './constants.ts'
import type { ControlLink } from './link.ts'
import type { Frame, RecordVector, RosterNews } from './pb/control.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Membership } from '../../membership/index.ts'

export interface GossipComponents {
  membership: Pick<Membership, 'roster' | 'records' | 'self'>
  log: Log
  /** All links in use */
  links(): ControlLink[]
  /** Compare rosters with this peer by /beam/roster/1.0.0 and fetch what is missing */
  resync(link: ControlLink): Promise<void>
}

/**
 * News of membership on the control links: a new roster entry and a new site record go
 * to every link at once, so that a revocation is known everywhere within a second;
 * what was missed while a link was down is compared when it comes up.
 */
export class Gossip {
  readonly #components: GossipComponents
  /** News are taken in one after another, so that what they cause is not sent back to where it came from */
  #turn: Promise<void> = Promise.resolve()
  #source: string | undefined
  readonly #resyncing = new Set<string>()

  constructor (components: GossipComponents) {
    this.#components = components
  }

  /** A link came up */
  up (link: ControlLink): void {
    const { roster, records } = this.#components.membership
    const { seq, hash } = roster.head()
    link.sendUrgent({ roster: { entries: [], headSeq: seq, headHash: own(hash) } })

    if (!same(link.hello?.recordsDigest, records.digest())) {
      this.#sendVector(link)
    }
  }

  /** New entries of the roster, whoever wrote them */
  rosterChanged (entries: Uint8Array[]): void {
    const { seq, hash } = this.#components.membership.roster.head()

    for (const batch of batches(entries)) {
      this.#flood({ roster: { entries: batch, headSeq: seq, headHash: own(hash) } })
    }
  }

  recordChanged (signed: Uint8Array): void {
    this.#flood({ records: { records: [own(signed)] } })
  }

  /** Resolves when the frame was dealt with; never rejects */
  async take (link: ControlLink, frame: Frame): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      this.#source = link.peerId

      try {
        if (frame.roster != null) {
          await this.#takeRoster(link, frame.roster)
        } else if (frame.records != null) {
          await this.#takeRecords(link, frame.records.records)
        } else if (frame.recordVector != null) {
          this.#takeVector(link, frame.recordVector)
        }
      } catch (error) {
        this.#components.log.error({ site: link.site, error: String(error) }, 'news of membership could not be taken in')
      } finally {
        this.#source = undefined
      }
    })

    return this.#turn
  }

  async #takeRoster (link: ControlLink, news: RosterNews): Promise<void> {
    const { roster } = this.#components.membership

    if (news.entries.length > 0) {
      const outcome = await roster.accept(news.entries)

      if (outcome.kind === 'refused' || outcome.kind === 'fork') {
        this.#components.log.warn({ site: link.site, outcome: outcome.kind, reason: outcome.kind === 'refused' ? outcome.reason : 'two successors of one entry' }, 'roster entries of a peer were not accepted')
        return
      }

      if (outcome.kind === 'accepted') {
        return
      }
    }

    const head = roster.head()

    if (head.seq < news.headSeq || (head.seq === news.headSeq && !same(head.hash, news.headHash))) {
      this.#resync(link)
    }
  }

  async #takeRecords (link: ControlLink, records: Uint8Array[]): Promise<void> {
    for (const signed of records) {
      const outcome = await this.#components.membership.records.accept(signed)

      if (outcome === 'refused') {
        this.#components.log.debug({ site: link.site }, 'a site record of a peer was not accepted')
      }
    }
  }

  #takeVector (link: ControlLink, { versions }: RecordVector): void {
    const { records } = this.#components.membership
    const theirs = new Map(versions.map(({ site, sequence }) => [site, sequence]))
    const ours = new Map(records.versions().map(({ site, sequence }) => [site, sequence]))
    const news: Uint8Array[] = []

    for (const [site, sequence] of ours) {
      const signed = sequence > (theirs.get(site) ?? 0) ? records.signed(site) : undefined

      if (signed != null) {
        news.push(signed)
      }
    }

    for (const batch of batches(news)) {
      link.sendUrgent({ records: { records: batch } })
    }

    if (versions.some(({ site, sequence }) => sequence > (ours.get(site) ?? 0))) {
      this.#sendVector(link)
    }
  }

  /** Not awaited: it reads from the same peer, whose news may wait behind this */
  #resync (link: ControlLink): void {
    if (this.#resyncing.has(link.peerId)) {
      return
    }

    this.#resyncing.add(link.peerId)
    this.#components.resync(link)
      .then(() => {
        // records that were refused before their admission was known
        this.#sendVector(link)
      }, (error: Error) => {
        this.#components.log.warn({ site: link.site, error: error.message }, 'the roster of a peer could not be fetched')
      })
      .finally(() => { this.#resyncing.delete(link.peerId) })
  }

  #sendVector (link: ControlLink): void {
    // 4,096 is the limit of the frame; a larger network compares the first so many and floods the rest
    const versions = this.#components.membership.records.versions().slice(0, 4_096) as Array<{ site: SiteId, sequence: number }>
    link.sendUrgent({ recordVector: { versions } })
  }

  #flood (frame: Partial<Frame>): void {
    for (const link of this.#components.links()) {
      if (link.peerId !== this.#source) {
        link.sendUrgent(frame)
      }
    }
  }
}

function * batches (items: Uint8Array[]): Generator<Array<Uint8Array<ArrayBuffer>>> {
  let batch: Array<Uint8Array<ArrayBuffer>> = []
  let bytes = 0

  for (const item of items) {
    if (batch.length === MAX_NEWS || (batch.length > 0 && bytes + item.byteLength > MAX_NEWS_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }

    batch.push(own(item))
    bytes += item.byteLength
  }

  if (batch.length > 0) {
    yield batch
  }
}

/** The encoder's types want a plain ArrayBuffer behind the bytes, which all of ours have */
function own (bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}

function same (a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a != null && Buffer.compare(a, b) === 0
}
