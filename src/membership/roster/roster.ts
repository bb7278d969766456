import { equals } from 'uint8arrays/equals'
import { Emitter } from '../../core/bus.ts'
import { ConflictError, InvalidInputError, RefusedError } from '../../core/errors.ts'
import { Serial } from '../serial.ts'
import { decodeEntry, entrySigningInput } from './entry.ts'
import { follow, keyFor, replay } from './follow.ts'
import { forgetFork, forkEntries, keepFork, readFork } from './fork.ts'
import { KIND } from './kinds.ts'
import { standingOf } from './standing.ts'
import { authorityAt, signerAt } from './state.ts'
import { appendOf, readEntries, replayStored } from './stored.ts'
import type { DecodedEntry } from './entry.ts'
import type { RosterState } from './state.ts'
import type { Clock } from '../../core/clock.ts'
import type { Verify } from '../../core/identity.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { AppendRoster, Store } from '../../store/index.ts'
import type { AcceptOutcome, Member, Roster, RosterHead, RosterSigner, Standing } from '../index.ts'

/** Entries that are asked for again, further back, when offered ones hang in the air */
const STEP_BACK = 64

/** Times that an append is tried when the stored head turns out to be another */
const ATTEMPTS = 3

export interface RosterComponents {
  store: Store
  verify: Verify
  clock: Pick<Clock, 'now'>
  log: Log
}

/**
 * The log as this daemon holds it. What is stored was verified before it was stored,
 * so that a start only decodes it.
 */
export class RosterLog implements Roster {
  readonly changed = new Emitter<{ head: RosterHead, entries: Uint8Array[], sites: SiteId[] }>()

  readonly #components: RosterComponents
  readonly #serial = new Serial()
  #state: RosterState
  /** Hash of each entry, by seq */
  #hashes: Uint8Array[]
  #fork: Uint8Array | undefined
  #halted: string | undefined

  private constructor (components: RosterComponents, state: RosterState, hashes: Uint8Array[], fork: Uint8Array | undefined) {
    this.#components = components
    this.#state = state
    this.#hashes = hashes
    this.#fork = fork
  }

  /**
   * @throws when the store holds no roster
   */
  static async load (components: RosterComponents): Promise<RosterLog> {
    const { state, hashes } = await replayStored(components.store)

    return new RosterLog(components, state, hashes, await readFork(components.store, hashes))
  }

  get network (): string {
    return this.#state.network
  }

  get genesis (): Uint8Array {
    return this.#state.genesis
  }

  get forked (): boolean {
    return this.#fork != null
  }

  get forkEntries (): Uint8Array[] | undefined {
    return this.#fork == null ? undefined : forkEntries(this.#fork)
  }

  get halted (): string | undefined {
    return this.#halted
  }

  /** What the entries amount to, for whoever appends */
  get state (): RosterState {
    return this.#state
  }

  /** Key that signs the next entry, 32 bytes */
  get authorityKey (): Uint8Array {
    return authorityAt(this.#state, this.#state.head.seq + 1)
  }

  head (): RosterHead {
    return this.#state.head
  }

  member (site: SiteId): Member | undefined {
    return this.#state.members.get(site)
  }

  members (): Member[] {
    return [...this.#state.members.values()]
  }

  signerOf (seq: number): RosterSigner {
    return signerAt(this.#state, seq)
  }

  standing (site: SiteId): Standing {
    return standingOf(this.#state.members.get(site), this.#components.clock.now())
  }

  async entries (from: number, limit: number): Promise<Uint8Array[]> {
    return (await this.#components.store.listRoster({ from, limit })).map(({ entry }) => entry)
  }

  async accept (raws: Uint8Array[]): Promise<AcceptOutcome> {
    let entries: DecodedEntry[]

    try {
      entries = raws.map(decodeEntry)
    } catch (error) {
      if (error instanceof InvalidInputError) {
        return { kind: 'refused', reason: error.message }
      }

      throw error
    }

    for (let at = 1; at < entries.length; at++) {
      if (entries[at].entry.seq !== entries[at - 1].entry.seq + 1 || !equals(entries[at].entry.prev, entries[at - 1].hash)) {
        return { kind: 'refused', reason: `entry ${entries[at].entry.seq} does not follow the one that was sent before it` }
      }
    }

    return this.#serial.run(async () => this.#take(entries))
  }

  /**
   * Appends what the authority of this daemon signs, one entry or several in order. `commit` stores them,
   * perhaps together with what belongs to it; any outcome but `moved` and the two
   * successful ones comes back unchanged and leaves the roster as it is.
   *
   * @throws {RefusedError} when the roster does not allow the entry
   */
  async append<T extends { kind: string }> (
    make: (head: RosterHead) => Promise<DecodedEntry | DecodedEntry[]>,
    commit: (append: AppendRoster) => Promise<T>
  ): Promise<T> {
    return this.#serial.run(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (this.#fork != null) {
          throw new RefusedError('the authority signed two successors of one entry: the roster is frozen until it is recovered with the recovery key')
        }

        // an entry appended here would be a second successor of ours
        if (this.#halted != null) {
          throw new RefusedError(this.#halted)
        }

        const { head } = this.#state
        const made = [await make(head)].flat()
        const followed = await follow(this.#state, made, this.#components.verify)

        if (followed.kind === 'refused') {
          throw new RefusedError(followed.reason)
        }

        const outcome = await commit(appendOf(head, made))

        if (outcome.kind === 'appended' || outcome.kind === 'redeemed') {
          this.#adopt(followed.state, followed.entries, followed.sites)
        }

        if (outcome.kind !== 'moved') {
          return outcome
        }

        await this.#reload()
      }

      throw new ConflictError('the stored roster keeps changing: does another process use this data directory?')
    })
  }

  async #take (offered: DecodedEntry[]): Promise<AcceptOutcome> {
    const { head } = this.#state
    const news = offered.findIndex(({ entry, hash }) => entry.seq > head.seq || !equals(hash, this.#hashes[entry.seq]))

    if (news === -1) {
      return { kind: 'accepted', added: 0 }
    }

    const entries = offered.slice(news)
    const { seq, prev } = entries[0].entry

    if (seq === 0) {
      return { kind: 'refused', reason: 'it begins with the genesis of another network' }
    }

    if (seq > head.seq + 1) {
      return { kind: 'gap', from: head.seq + 1 }
    }

    if (!equals(prev, this.#hashes[seq - 1])) {
      // where do the two histories part? Only that entry tells which of them counts
      return seq === 1
        ? { kind: 'refused', reason: 'it follows the genesis of another network' }
        : { kind: 'gap', from: Math.max(1, seq - STEP_BACK) }
    }

    return seq <= head.seq ? this.#diverge(entries) : this.#extend(entries)
  }

  /** Entries that follow the head */
  async #extend (entries: DecodedEntry[]): Promise<AcceptOutcome> {
    if (this.#fork != null && entries[0].entry.kind !== KIND.recover) {
      return { kind: 'refused', reason: 'the authority signed two successors of one entry: only a recovery can follow' }
    }

    return this.#store(this.#state, entries, false)
  }

  /** An entry with the same predecessor as one of ours: a recovery, or a proof of theft */
  async #diverge (entries: DecodedEntry[]): Promise<AcceptOutcome> {
    const { store, verify, log } = this.#components
    const theirs = entries[0]
    const { seq } = theirs.entry

    // what proved it comes again with each link of a member that knows
    if (this.#fork != null && entries.length === 1 && forkEntries(this.#fork).some(raw => equals(raw, theirs.raw))) {
      return { kind: 'fork', proof: this.#fork, known: true }
    }

    const [ours] = await readEntries(store, seq, seq + 1)

    if (!await verify(keyFor(this.#state, theirs), entrySigningInput(theirs.bytes), theirs.signature)) {
      return { kind: 'refused', reason: `entry ${seq} is not signed by the authority of its time` }
    }

    if (theirs.entry.kind === KIND.recover && ours.entry.kind !== KIND.recover) {
      return this.#store(replay(undefined, await readEntries(store, 0, seq)), entries, true)
    }

    if (theirs.entry.kind !== KIND.recover && ours.entry.kind === KIND.recover) {
      return { kind: 'refused', reason: `entry ${seq} was superseded by a recovery` }
    }

    const known = this.#fork != null

    if (this.#fork == null) {
      this.#fork = await keepFork(store, ours, theirs, this.#components.clock.now())
      log.error({ seq }, 'two different entries of the roster are validly signed for one place: the key was stolen or is used in two places; nothing is appended until the roster is recovered')

      // whoever holds one of the two must see the other: they travel like any news, one at a time
      for (const { raw } of [ours, theirs]) {
        this.changed.emit({ head: this.#state.head, entries: [raw], sites: [] })
      }
    }

    return { kind: 'fork', proof: this.#fork, known }
  }

  async #store (base: RosterState, entries: DecodedEntry[], supersede: boolean): Promise<AcceptOutcome> {
    const { store, verify, log } = this.#components
    const followed = await follow(base, entries, verify)

    if (followed.kind === 'refused') {
      return followed
    }

    if (followed.halted != null && followed.halted !== this.#halted) {
      log.error({ reason: followed.halted }, 'the roster cannot be followed any further')
    }

    this.#halted = followed.halted

    if (followed.entries.length === 0) {
      return { kind: 'refused', reason: followed.halted ?? 'nothing was offered' }
    }

    const outcome = await store.appendRoster(appendOf(base.head, followed.entries, supersede))

    if (outcome.kind === 'moved') {
      // someone else wrote to this store; what he wrote was verified as well
      await this.#reload()

      return { kind: 'gap', from: this.#state.head.seq + 1 }
    }

    if (this.#fork != null) {
      // only a recovery gets here while frozen
      await forgetFork(store, followed.entries[0].entry.seq, this.#components.clock.now())
      this.#fork = undefined
    }

    // after a recovery any standing may be another
    this.#adopt(followed.state, followed.entries, supersede ? [...new Set([...this.#state.members.keys(), ...followed.state.members.keys()])] : followed.sites)

    return { kind: 'accepted', added: followed.entries.length }
  }

  #adopt (state: RosterState, entries: DecodedEntry[], sites: SiteId[]): void {
    this.#state = state
    this.#hashes.length = entries[0].entry.seq
    this.#hashes.push(...entries.map(({ hash }) => hash))
    this.changed.emit({ head: state.head, entries: entries.map(({ raw }) => raw), sites })
  }

  async #reload (): Promise<void> {
    const { state, hashes } = await replayStored(this.#components.store)
    this.#state = state
    this.#hashes = hashes
  }
}
