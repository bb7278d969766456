/** Samples kept */
const SAMPLES = 16

/** Round trip time and clock difference of one peer, from its last pongs */
export class ClockEstimate {
  readonly #samples: Array<{ rtt: number, offset: number }> = []

  /**
   * `sent` and `received` by our monotonic clock, `now` our and `remote` the peer's wall clock; all ms
   */
  add (sent: number, received: number, now: number, remote: number): void {
    const rtt = Math.max(received - sent, 0)
    this.#samples.push({ rtt, offset: remote - (now - rtt / 2) })

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
    let best: { rtt: number, offset: number } | undefined

    for (const sample of this.#samples) {
      if (best == null || sample.rtt <= best.rtt) {
        best = sample
      }
    }

    return best?.offset
  }
}
