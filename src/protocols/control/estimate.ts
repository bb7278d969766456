/** Samples kept */
const SAMPLES = 16

/** Clocks that drift in a measured time differ by less, ms */
const STEP = 1_000

/** Round trip time and clock difference of one peer, from its last pongs */
export class ClockEstimate {
  readonly #samples: Array<{ rtt: number, offset?: number }> = []

  /**
   * `sent` and `received` by our monotonic clock, `now` our and `remote` the peer's wall clock; all ms
   */
  add (sent: number, received: number, now: number, remote: number): void {
    const rtt = Math.max(received - sent, 0)
    const offset = remote - (now - rtt / 2)
    const before = this.#best()

    // each is right to half of its round trip: one of the clocks was set since, or the machine slept
    if (before != null && Math.abs(offset - before.offset) > (rtt + before.rtt) / 2 + STEP) {
      this.#samples.forEach(sample => { delete sample.offset })
    }

    this.#samples.push({ rtt, offset })

    if (this.#samples.length > SAMPLES) {
      this.#samples.shift()
    }
  }

  /** Median in ms */
  get rtt (): number | undefined {
    return this.#quantile(0.5)
  }

  /** 95th percentile in ms: of so few samples, nearly the slowest */
  get rttP95 (): number | undefined {
    return this.#quantile(0.95)
  }

  #quantile (part: number): number | undefined {
    const sorted = this.#samples.map(({ rtt }) => rtt).sort((a, b) => a - b)

    return sorted[Math.floor((sorted.length - 1) * part)]
  }

  /** Peer's clock minus ours in ms, by the quickest pong: the one least distorted by waiting */
  get offset (): number | undefined {
    return this.#best()?.offset
  }

  #best (): { rtt: number, offset: number } | undefined {
    let best: { rtt: number, offset: number } | undefined

    for (const { rtt, offset } of this.#samples) {
      if (offset != null && (best == null || rtt <= best.rtt)) {
        best = { rtt, offset }
      }
    }

    return best
  }
}
