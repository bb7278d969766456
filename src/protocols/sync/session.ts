import { BeamError } from '../../core/errors.ts'
import { decodeEntry } from '../../membership/roster/entry.ts'
import { checkRosterProof, rosterProof } from '../../membership/sync-proof.ts'
import { FrameReader } from '../framing/reader.ts'
import { FrameWriter } from '../framing/writer.ts'
import { SYNC_CODES } from './codes.ts'
import { CLOCK_WARNING, MAX_SYNC_ENTRIES, MAX_SYNC_ENTRY_BYTES, MAX_SYNC_MESSAGE, MAX_SYNC_ROUNDS, SYNC_HELLO_TIMEOUT, SYNC_TIMEOUT, SYNC_VERSION } from './constants.ts'
import { judge } from './judge.ts'
import { SyncMessage } from './pb/sync.ts'
import type { SyncJudgement } from './codes.ts'
import type { SyncHello } from './pb/sync.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { AcceptOutcome, Membership } from '../../membership/index.ts'
import type { Stream } from '@libp2p/interface'

export interface SyncComponents {
  membership: Pick<Membership, 'roster' | 'records' | 'networkSecret'>
  clock: Pick<Clock, 'now'>
  log: Log
}

export interface SyncInit {
  stream: Stream
  role: 'dialer' | 'listener'
  /** Own peer id and the other's, as Noise proved them */
  self: string
  peer: string
  /** For the whole session, ms. @default 20_000 */
  timeout?: number
}

export interface SyncResult {
  /** How this daemon judges the peer */
  ours: SyncJudgement
  /** How the peer judges this daemon */
  theirs: SyncJudgement
}

/** The peer did not prove that it was ever let into this network: it was told nothing */
export class SyncRefusedError extends BeamError {
  constructor (message: string) {
    super('SYNC_REFUSED', message)
    this.name = 'SyncRefusedError'
  }
}

/**
 * One session of /beam/roster/1.0.0. The dialler shows its Hello first; the listener
 * answers only to a proof of the network secret. Then both do the same: ask for what
 * they miss, answer what the other asks, judge, and say so.
 *
 * @throws {SyncRefusedError | FrameError | StreamCutError}
 */
export async function syncSession (components: SyncComponents, init: SyncInit): Promise<SyncResult> {
  const signal = AbortSignal.timeout(init.timeout ?? SYNC_TIMEOUT)
  const session = new Session(components, init, signal)
  // wakes what waits for the peer to read, too
  const late = (): void => { init.stream.abort(new Error('the session took too long')) }

  signal.addEventListener('abort', late)

  try {
    const result = await session.run()
    await session.close()

    return result
  } catch (error) {
    init.stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    signal.removeEventListener('abort', late)
  }
}

class Session {
  readonly #components: SyncComponents
  readonly #init: SyncInit
  readonly #reader: FrameReader
  readonly #writer: FrameWriter
  readonly #signal: AbortSignal
  /** Last entry that this peer has, as it says, or got here */
  #served = 0

  constructor (components: SyncComponents, init: SyncInit, signal: AbortSignal) {
    this.#components = components
    this.#init = init
    this.#signal = signal
    this.#reader = new FrameReader(init.stream, { maxFrame: MAX_SYNC_MESSAGE, highWater: MAX_SYNC_MESSAGE })
    this.#writer = new FrameWriter(init.stream)
  }

  async run (): Promise<SyncResult> {
    const dialer = this.#init.role === 'dialer'

    if (dialer) {
      await this.#send({ hello: this.#hello(true) })
    }

    const hello = await this.#readHello()

    if (!dialer) {
      // own keys and addresses are for members; a newcomer gets them when it is one
      await this.#send({ hello: this.#hello(this.#components.membership.records.siteOfPeer(this.#init.peer) != null) })
    }

    return this.#exchange(hello)
  }

  async close (): Promise<void> {
    // both have said all; the other side may be gone already
    await this.#writer.close(AbortSignal.timeout(1_000)).catch(() => {})
  }

  #hello (withRecord: boolean): SyncHello {
    const { membership, clock } = this.#components
    const { role, self, peer } = this.#init
    const { seq, hash } = membership.roster.head()

    return {
      version: SYNC_VERSION,
      genesis: membership.roster.genesis as Uint8Array<ArrayBuffer>,
      proof: rosterProof({ networkSecret: membership.networkSecret, role, prover: self, checker: peer }) as Uint8Array<ArrayBuffer>,
      headSeq: seq,
      headHash: hash as Uint8Array<ArrayBuffer>,
      record: (withRecord ? membership.records.own() : new Uint8Array()) as Uint8Array<ArrayBuffer>,
      clock: clock.now()
    }
  }

  async #readHello (): Promise<SyncHello> {
    const { membership, clock, log } = this.#components
    const { role, self, peer } = this.#init
    const message = await this.#read(AbortSignal.any([this.#signal, AbortSignal.timeout(SYNC_HELLO_TIMEOUT)]))

    if (message.done != null) {
      throw new SyncRefusedError(message.done.reason.slice(0, 500))
    }

    const { hello } = message
    const proven = hello != null && checkRosterProof({ networkSecret: membership.networkSecret, role: role === 'dialer' ? 'listener' : 'dialer', prover: peer, checker: self }, hello.proof)

    if (!proven || Buffer.compare(hello.genesis, membership.roster.genesis) !== 0) {
      throw new SyncRefusedError('the peer does not know the secret of this network')
    }

    if (hello.version !== SYNC_VERSION) {
      throw new SyncRefusedError(`version ${hello.version} of ${this.#init.stream.protocol} is not known here, only ${SYNC_VERSION}`)
    }

    if (Math.abs(hello.clock - clock.now()) > CLOCK_WARNING) {
      log.warn({ peer, difference: hello.clock - clock.now() }, 'the clocks of this site and a peer differ by more than 5 minutes')
    }

    return hello
  }

  async #exchange (hello: SyncHello): Promise<SyncResult> {
    const { membership } = this.#components
    // always one entry: two histories of one length are noticed by their last
    this.#served = Math.min(hello.headSeq, membership.roster.head().seq - 1)
    let ours: SyncJudgement | undefined
    let theirs: SyncJudgement | undefined
    let wanted = await this.#firstWant(hello)
    let refused: string | undefined
    let rounds = 0

    const conclude = async (): Promise<void> => {
      if (hello.record.byteLength > 0) {
        await membership.records.accept(hello.record)
      }

      ours = judge(membership, this.#init.peer, hello.record)

      if (refused != null && ours.code !== SYNC_CODES.member) {
        ours = { code: SYNC_CODES['other-history'], reason: refused }
      }

      await this.#send({ done: ours })
    }

    const ask = async (): Promise<void> => {
      if (wanted == null) {
        await conclude()
      } else {
        await this.#send({ want: { from: wanted } })
      }
    }

    await ask()

    for (;;) {
      if (ours != null && theirs != null) {
        return { ours, theirs }
      }

      const message = await this.#read(this.#signal)

      if (++rounds > MAX_SYNC_ROUNDS) {
        throw new SyncRefusedError('the session takes too many messages')
      }

      if (message.done != null) {
        theirs = { code: message.done.code, reason: message.done.reason.slice(0, 500) }
      } else if (message.want != null) {
        await this.#serve(message.want.from)
      } else if (message.entries != null && wanted != null) {
        const outcome = message.entries.entries.length === 0 ? undefined : await membership.roster.accept(message.entries.entries)

        if (outcome?.kind === 'gap' && outcome.from < wanted) {
          wanted = outcome.from
        } else if (outcome?.kind === 'accepted' && message.entries.more) {
          wanted += message.entries.entries.length
        } else {
          refused = refusalOf(outcome)
          wanted = undefined
        }

        await ask()
      } else {
        throw new SyncRefusedError('a message came that nothing asked for')
      }
    }
  }

  /** Sequence number from which the peer has what this daemon lacks; undefined when nothing */
  async #firstWant (hello: SyncHello): Promise<number | undefined> {
    const { roster } = this.#components.membership
    const head = roster.head()

    if (hello.headSeq > head.seq) {
      return head.seq + 1
    }

    // the peer is behind, or has another history: a recovery makes a log shorter
    const [entry] = await roster.entries(hello.headSeq, 1)

    return entry == null || Buffer.compare(decodeEntry(entry).hash, hello.headHash) !== 0 ? Math.max(hello.headSeq, 1) : undefined
  }

  /** A member may ask for anything; others get the tail that they lack, each entry once */
  async #serve (from: number): Promise<void> {
    const { roster, records } = this.#components.membership
    const allowed = from > this.#served || records.siteOfPeer(this.#init.peer) != null
    const found = allowed ? await roster.entries(from, MAX_SYNC_ENTRIES) : []
    const entries: Array<Uint8Array<ArrayBuffer>> = []
    let bytes = 0

    for (const entry of found) {
      bytes += entry.byteLength + 4

      if (bytes > MAX_SYNC_ENTRY_BYTES) {
        break
      }

      entries.push(entry as Uint8Array<ArrayBuffer>)
    }

    if (allowed) {
      this.#served = Math.max(this.#served, from + entries.length - 1)
    }

    await this.#send({ entries: { entries, more: entries.length > 0 && from + entries.length <= roster.head().seq } })
  }

  async #read (signal: AbortSignal): Promise<SyncMessage> {
    const bytes = await this.#reader.read(signal)

    if (bytes == null) {
      throw new SyncRefusedError('the peer closed before it had said how it judges this site')
    }

    return SyncMessage.decode(bytes)
  }

  async #send (message: Partial<SyncMessage>): Promise<void> {
    await this.#writer.write(SyncMessage.encode(message))
  }
}

function refusalOf (outcome: AcceptOutcome | undefined): string | undefined {
  switch (outcome?.kind) {
    case 'refused':
      return outcome.reason
    case 'fork':
      return 'the authority signed two histories'
    default:
  }
}
