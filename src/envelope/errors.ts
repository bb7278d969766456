import { BeamError } from '../core/errors.ts'
import type { EnvelopeRefusal, RefusalReply } from './index.ts'

/**
 * An envelope or a batch of receipts is not accepted. `code` says which check
 * failed, `reply` whether and how its sender may be told.
 *
 * | code | thrown when |
 * |---|---|
 * | `too-large` | a size limit is exceeded, before or after decoding |
 * | `malformed` | bytes do not decode, are not canonical, or a field breaks its rule |
 * | `unsupported` | the label has a version we do not know |
 * | `not-member` | the sender is no member by the roster as it is now |
 * | `not-for-me` | the label names another recipient site |
 * | `wrong-network` | the label names another network |
 * | `expired` | the label's expiry and the allowed clock skew have passed |
 * | `too-far-ahead` | the expiry is further away than any life of a task |
 * | `over-budget` | too many signatures handed over by this peer were wrong lately |
 * | `bad-signature` | the signature is not the label's sender's |
 * | `unknown-key` | sealed for a key we do not have, or have erased |
 * | `unopenable` | a key, chunk or tag does not open or does not match its commitment |
 * | `inconsistent` | the sealed part contradicts the label or itself |
 */
export class EnvelopeError extends BeamError {
  declare readonly code: EnvelopeRefusal
  readonly reply: RefusalReply

  constructor (code: EnvelopeRefusal, message: string, reply: RefusalReply = 'none') {
    super(code, message)
    this.name = 'EnvelopeError'
    this.reply = reply
  }
}
