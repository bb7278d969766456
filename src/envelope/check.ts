import { timingSafeEqual } from 'node:crypto'
import { BoundedMap } from '../core/bounded-map.ts'
import { domains, under } from '../core/domains.ts'
import { x25519FromRaw } from '../core/x25519.ts'
import { contentKeys } from './content-keys.ts'
import { EnvelopeError } from './errors.ts'
import { decapsulate, openUnder } from './hpke.ts'
import { CLOCK_SKEW, MAX_TTL } from './index.ts'
import { labelInfo } from './label.ts'
import { OpenEnvelope, openSmall } from './open.ts'
import type { ArrivalOptions, Check, DecodedHead, DecodedSmall, EnvelopeComponents, HeadOutcome, LabelView, Opened, Opening } from './index.ts'
import type { X25519KeyPair } from '../core/x25519.ts'

/** Agreements remembered for each own key: a sender may use an ephemeral key for some seconds */
const REMEMBERED = 1_024

/** An own key as it is used; what was agreed with it goes when it is erased */
interface Imported {
  pair: X25519KeyPair
  secrets: BoundedMap<string, Uint8Array>
}

export function createCheck (components: EnvelopeComponents): Check {
  return new RecipientCheck(components)
}

class RecipientCheck implements Check {
  readonly #components: EnvelopeComponents
  /** By the raw key that membership holds: an import costs as much as an agreement, and an erased key goes with its array */
  readonly #imported = new WeakMap<Uint8Array, Imported>()

  constructor (components: EnvelopeComponents) {
    this.#components = components
  }

  async head<Seen> (head: DecodedHead, options: ArrivalOptions<Seen>): Promise<HeadOutcome<Seen>> {
    const { label } = head
    const signingKey = this.roster(label)
    this.addressee(label)
    this.network(label)
    this.expiry(label, options.now)
    const seen = await options.seen?.(label)

    if (seen !== undefined) {
      return { kind: 'duplicate', label, seen }
    }

    await this.signature(head, signingKey, options)

    // both awaits gave time for a revocation: judged by the roster as it is now
    if (Buffer.compare(this.roster(label), signingKey) !== 0) {
      throw new EnvelopeError('not-member', 'the sender\'s key changed while the envelope was checked')
    }

    return { kind: 'fresh', opening: this.unwrap(head) }
  }

  async small<Seen> (small: DecodedSmall, options: ArrivalOptions<Seen>): Promise<{ kind: 'fresh', label: LabelView, opened: Opened } | { kind: 'duplicate', label: LabelView, seen: Seen }> {
    const outcome = await this.head(small.head, options)

    if (outcome.kind === 'duplicate') {
      return outcome
    }

    return { kind: 'fresh', label: small.head.label, opened: openSmall(outcome.opening, small.ciphertext) }
  }

  roster (label: LabelView): Uint8Array {
    const key = this.#components.signingKey(label.from)

    if (key == null) {
      throw new EnvelopeError('not-member', 'the sender is no member of the network now')
    }

    return key
  }

  addressee (label: LabelView): void {
    if (label.to !== this.#components.self) {
      throw new EnvelopeError('not-for-me', 'the envelope is for another site')
    }
  }

  network (label: LabelView): void {
    if (label.network !== this.#components.network) {
      throw new EnvelopeError('wrong-network', 'the envelope belongs to another network')
    }
  }

  expiry (label: LabelView, now: number): void {
    // label and clock decide alone, so a spoilt signature changes nothing: these may be answered
    if (now > label.expires + CLOCK_SKEW) {
      throw new EnvelopeError('expired', 'the envelope has expired', 'for-good')
    }

    if (label.expires > now + MAX_TTL + CLOCK_SKEW) {
      throw new EnvelopeError('too-far-ahead', `the envelope expires later than in ${MAX_TTL} ms: a clock is wrong`, 'for-now')
    }
  }

  async signature (head: DecodedHead, signingKey: Uint8Array, { via, now }: { via: string, now: number }): Promise<void> {
    const { verify, budget } = this.#components

    if (budget?.allows(via, now) === false) {
      throw new EnvelopeError('over-budget', 'too many wrong signatures came from this peer lately')
    }

    const signed = under(domains.envelopeSignature, head.labelBytes, head.enc, head.wrapped)

    if (!await verify(signingKey, signed, head.signature)) {
      budget?.failed(via, now)
      throw new EnvelopeError('bad-signature', 'the signature is not the sender\'s')
    }
  }

  unwrap (head: DecodedHead): Opening {
    const raw = this.#components.privateKey(head.label.keyId)

    if (raw == null) {
      throw new EnvelopeError('unknown-key', 'the envelope is sealed for a key that this site does not have, or has erased', 'for-now')
    }

    const secret = agreed(this.#import(raw), head.enc)
    const contentKey = secret == null ? undefined : openUnder(secret, { info: labelInfo(head.labelBytes), ciphertext: head.wrapped })

    if (contentKey == null) {
      throw new EnvelopeError('unopenable', 'the content key does not unwrap', 'for-good')
    }

    const keys = contentKeys(contentKey)

    if (!timingSafeEqual(keys.commitment, head.label.keyCommitment)) {
      throw new EnvelopeError('unopenable', 'the content key is not the one that the label commits to', 'for-good')
    }

    return new OpenEnvelope(head.label, keys)
  }

  #import (raw: Uint8Array): Imported {
    let key = this.#imported.get(raw)

    if (key == null) {
      key = { pair: x25519FromRaw(raw), secrets: new BoundedMap(REMEMBERED) }
      this.#imported.set(raw, key)
    }

    return key
  }
}

/** Only who signed an envelope gets here: nobody else can push out what is remembered */
function agreed ({ pair, secrets }: Imported, enc: Uint8Array): Uint8Array | undefined {
  const name = Buffer.from(enc.buffer, enc.byteOffset, enc.byteLength).toString('latin1')
  let secret = secrets.get(name)

  if (secret == null) {
    secret = decapsulate(pair, enc)

    if (secret != null) {
      secrets.set(name, secret)
    }
  }

  return secret
}
