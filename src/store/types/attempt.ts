/** How the work on a task stands at the recipient's own site */
export interface Attempt {
  /** Failed so far: answers `tempfailed` and leases that ran out */
  tries: number
  /** Fencing token of the newest lease */
  token?: number
  /** When the lease that is held ends, Unix ms */
  leasedUntil?: number
  /** When the backoff ends, Unix ms */
  againAt?: number
  /** Answers that came with an old token and had no effect, and when the last of them came */
  late: number
  lateAt?: number
}
