import { BoundedMap } from '../core/bounded-map.ts'
import { encapsulate } from './hpke.ts'
import type { Encapsulation } from './hpke.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'

/** Longest use of one ephemeral key, ms. @default 10_000 */
export const SESSION_LIFE = 10_000

/** Most envelopes under one ephemeral key. @default 4_096 */
export const SESSION_USES = 4_096

/** Recipients' keys with a session at a time. @default 1_024 */
const MAX_SESSIONS = 1_024

interface Session extends Encapsulation {
  /** By the monotonic clock, ms */
  ends: number
  uses: number
}

export interface SessionsComponents {
  clock: Clock
  random: Random
}

/**
 * One key agreement for the small envelopes of a few seconds to one site, where one
 * for each would be the dearest part of sealing. HPKE's key schedule makes key and
 * nonce from the shared secret AND `info`, which is the label: its commitments name the
 * one content key that is wrapped under it, so two plaintexts never meet under one key
 * and nonce. The ephemeral private key is gone as soon as the secret was agreed, and
 * the secret when its time is over, used again or not: what it opens while it lives,
 * this site has on its disk in the clear, and longer than that it must not open it.
 */
export class Sessions {
  readonly #components: SessionsComponents
  readonly #sessions = new BoundedMap<string, Session>(MAX_SESSIONS)

  constructor (components: SessionsComponents) {
    this.#components = components
  }

  /**
   * To be used in the same turn: the secret is overwritten when its time is over
   *
   * @throws {RangeError} when the public key is of small order
   */
  for (publicKey: Uint8Array): Encapsulation {
    const { clock, random } = this.#components
    const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.byteLength).toString('latin1')
    const now = clock.monotonic()
    let session = this.#sessions.get(name)

    // a timer may be late
    if (session == null || session.ends <= now || session.uses >= SESSION_USES) {
      session = { ...encapsulate(publicKey, random.bytes(32)), ends: now + SESSION_LIFE, uses: 0 }
      this.#sessions.set(name, session)
      this.#eraseAfter(name, session)
    }

    session.uses++

    return session
  }

  #eraseAfter (name: string, session: Session): void {
    this.#components.clock.setTimeout(() => {
      session.sharedSecret.fill(0)

      if (this.#sessions.get(name) === session) {
        this.#sessions.delete(name)
      }
    }, SESSION_LIFE)
  }
}
