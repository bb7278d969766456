import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Store } from '../../store/index.ts'
import type { EnrollRefusal } from '../enroll/codes.ts'

/**
 * Refused tickets that the audit log lists at once: of those that are not known here,
 * which anybody can send, and as many of those that are. The rest is counted.
 *
 * @default 20
 */
export const AUDITED_REFUSALS = 20

/** Time after which one more is listed, ms. @default 60_000 */
export const AUDITED_REFILL = 60_000

export interface RefusalNotesComponents {
  store: Pick<Store, 'noteFact'>
  clock: Pick<Clock, 'now' | 'monotonic'>
  log: Log
}

interface Share { left: number, at: number, unlisted: number }

/** Writes into the audit log who was not admitted, and why; a stranger cannot fill it */
export class RefusalNotes {
  readonly #components: RefusalNotesComponents
  readonly #shares: Record<'guess' | 'ticket', Share>

  constructor (components: RefusalNotesComponents) {
    const at = components.clock.monotonic()
    this.#components = components
    this.#shares = { guess: { left: AUDITED_REFUSALS, at, unlisted: 0 }, ticket: { left: AUDITED_REFUSALS, at, unlisted: 0 } }
  }

  /** Somebody tried a ticket that is none here */
  async guess (joiner: string, refusal: EnrollRefusal): Promise<void> {
    await this.#note('guess', `peer ${joiner}`, refusal)
  }

  /** Somebody who knows the secret of a ticket was refused */
  async ticket (site: string, refusal: EnrollRefusal): Promise<void> {
    await this.#note('ticket', site, refusal)
  }

  /** A refusal is one, also when it cannot be written down */
  async #note (kind: 'guess' | 'ticket', subject: string, refusal: EnrollRefusal): Promise<void> {
    const { store, clock, log } = this.#components
    const share = this.#shares[kind]
    const now = clock.monotonic()
    share.left = Math.min(AUDITED_REFUSALS, share.left + (now - share.at) / AUDITED_REFILL)
    share.at = now

    if (share.left < 1) {
      share.unlisted++
      return
    }

    const reason = share.unlisted === 0 ? refusal : `${refusal}; ${share.unlisted} before it are not listed`
    share.left--
    share.unlisted = 0

    try {
      await store.noteFact({ kind: 'decision', subject, action: 'join', allowed: false, reason, at: clock.now() })
    } catch (err) {
      log.warn({ err, subject, refusal }, 'a refused ticket could not be written into the audit log')
    }
  }
}
