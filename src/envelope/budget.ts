import type { VerificationBudget } from './index.ts'
import type { SiteId } from '../core/ids.ts'

/** Failed verifications that a peer may cause at once, and each second from then on */
export const FAILED_VERIFICATIONS = { burst: 100, rate: 20 }

export interface VerificationBudgetInit {
  /**
   * Failed verifications a second that a peer may cause for ever
   *
   * @default 20
   */
  rate?: number
  /**
   * Failed verifications that a peer may cause at once
   *
   * @default 100
   */
  burst?: number
  /**
   * Signatures are verified many at a time, so failures still come in after the
   * budget was spent; they make the pause longer, up to this many failures
   *
   * @default 400
   */
  maxDebt?: number
}

interface Bucket {
  tokens: number
  /** ms */
  at: number
}

/**
 * A token bucket for each peer over its FAILED verifications: a busy honest peer
 * never meets it, a flood of forgeries costs 20 verifications a second (2 ms of CPU)
 * and no more.
 */
export function createVerificationBudget (init: VerificationBudgetInit = {}): VerificationBudget {
  const { rate = FAILED_VERIFICATIONS.rate, burst = FAILED_VERIFICATIONS.burst, maxDebt = 400 } = init
  // peers are members, so there are never more buckets than sites
  const buckets = new Map<SiteId, Bucket>()

  /** Undefined for a peer whose bucket is full, which is nearly every peer */
  function refilled (peer: SiteId, now: number): Bucket | undefined {
    const bucket = buckets.get(peer)

    if (bucket == null) {
      return
    }

    // a clock that was set back refills nothing
    bucket.tokens += Math.max(now - bucket.at, 0) / 1000 * rate
    bucket.at = now

    if (bucket.tokens >= burst) {
      buckets.delete(peer)
      return
    }

    return bucket
  }

  return {
    allows: (peer, now) => (refilled(peer, now)?.tokens ?? burst) >= 1,
    failed: (peer, now) => {
      const bucket = refilled(peer, now) ?? { tokens: burst, at: now }
      bucket.tokens = Math.max(bucket.tokens - 1, -maxDebt)
      buckets.set(peer, bucket)
    }
  }
}
