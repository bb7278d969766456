import { nameOfRecord } from '../../membership/records/record.ts'
import { LogLimit } from '../log-limit.ts'
import { RateLimit } from '../rate-limit.ts'
import { batches, own } from './batches.ts'
import { BAD_NEWS_RATE } from './constants.ts'
import { RecordPace } from './record-pace.ts'
import { Vectors } from './vectors.ts'
import type { ControlLink } from './link.ts'
import type { Frame, RosterNews } from './pb/control.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Membership } from '../../membership/index.ts'

export interface GossipComponents {
  membership: Pick<Membership, 'roster' | 'records' | 'self'>
  clock: Pick<Clock, 'monotonic' | 'setTimeout'>
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
  readonly #vectors: Vectors
  readonly #pace: RecordPace
  readonly #bad: RateLimit
  readonly #lines: LogLimit

  constructor (components: GossipComponents) {
    const { membership: { records }, clock, log } = components
    this.#components = components
    this.#vectors = new Vectors({ records, clock, log })
    this.#pace = new RecordPace({ clock, take: (link, records) => { void this.#inTurn(link, async () => this.#takeRecords(link, records)) } })
    this.#bad = new RateLimit(clock, BAD_NEWS_RATE)
    this.#lines = new LogLimit(clock)
  }

  stop (): void {
    this.#pace.stop()
  }

  /** A link came up */
  up (link: ControlLink): void {
    const { roster, records } = this.#components.membership
    const { seq, hash } = roster.head()
    link.sendUrgent({ roster: { entries: [], headSeq: seq, headHash: own(hash) } })

    // it may have been off when the fork was found, and holds one of the two histories
    for (const entry of roster.forkEntries ?? []) {
      link.sendUrgent({ roster: { entries: [own(entry)], headSeq: seq, headHash: own(hash) } })
    }

    if (!same(link.hello?.recordsDigest, records.digest())) {
      this.#vectors.begin(link)
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
    return this.#inTurn(link, async () => {
      if (frame.roster != null) {
        await this.#takeRoster(link, frame.roster)
      } else if (frame.records != null) {
        await this.#takeRecords(link, frame.records.records)
      } else if (frame.recordVector != null) {
        this.#vectors.take(link, frame.recordVector)
      }
    })
  }

  async #inTurn (link: ControlLink, work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      this.#source = link.peerId

      try {
        await work()
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

    if (news.entries.length > 0 && this.#mayBeGood(link)) {
      const before = roster.forked
      const outcome = await roster.accept(news.entries)

      // the proof itself is worth its check, and costs none when it is known
      if (outcome.kind === 'fork' && (outcome.known || !before) && news.entries.length === 1) {
        this.#bad.giveBack(link.peerId)
        return
      }

      if (outcome.kind === 'refused' || outcome.kind === 'fork') {
        this.#warn(link, outcome.kind === 'refused' ? outcome.reason : 'two successors of one entry', 'roster entries of a peer were not accepted')
        return
      }

      this.#bad.giveBack(link.peerId)

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
    const { membership } = this.#components

    for (const signed of records) {
      const named = nameOfRecord(signed)

      // of a site that is no member here: its admission may be on its way, and the records are compared after it
      if (named != null && membership.roster.standing(named.site) !== 'member') {
        continue
      }

      if (named != null && !this.#pace.now(link, named.site, named.sequence, signed)) {
        continue
      }

      if (!this.#mayBeGood(link)) {
        return
      }

      if (await membership.records.accept(signed) === 'refused') {
        this.#warn(link, 'record', 'a site record of a peer was not accepted')
      } else {
        this.#bad.giveBack(link.peerId)
      }
    }
  }

  /** Whether a peer's news are worth the check; what turns out to be good is given back */
  #mayBeGood (link: ControlLink): boolean {
    if (this.#bad.take(link.peerId)) {
      return true
    }

    this.#warn(link, 'too many', 'a peer sends news of membership that are worth nothing: they are not looked at')

    return false
  }

  /** One line for each peer and text in ten seconds */
  #warn (link: ControlLink, reason: string, text: string): void {
    const sinceLast = this.#lines.take(`${link.peerId} ${text}`)

    if (sinceLast != null) {
      this.#components.log.warn({ site: link.site, reason, sinceLast }, text)
    }
  }

  /** Not awaited: it reads from the same peer, whose news may wait behind this */
  #resync (link: ControlLink): void {
    // a head that is none costs a session each time
    if (this.#resyncing.has(link.peerId) || !this.#mayBeGood(link)) {
      return
    }

    const { roster } = this.#components.membership
    const before = roster.head()
    this.#resyncing.add(link.peerId)
    this.#components.resync(link)
      .then(() => {
        if (!same(before.hash, roster.head().hash)) {
          this.#bad.giveBack(link.peerId)
        }

        // records that were refused before their admission was known
        this.#vectors.begin(link)
      }, (error: Error) => {
        this.#warn(link, error.message, 'the roster of a peer could not be fetched')
      })
      .finally(() => { this.#resyncing.delete(link.peerId) })
  }

  #flood (frame: Partial<Frame>): void {
    for (const link of this.#components.links()) {
      if (link.peerId !== this.#source) {
        link.sendUrgent(frame)
      }
    }
  }
}

function same (a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a != null && Buffer.compare(a, b) === 0
}
