/** What one scenario did in one round */
export interface Sample {
  count: number
  seconds: number
  /** ms of each */
  latencies: number[]
}

export interface Figures {
  count: number
  /** Per second */
  rate: number
  /** ms */
  p50: number
  p99: number
}

export interface Spread {
  min: number
  median: number
  max: number
}

export function figuresOf ({ count, seconds, latencies }: Sample): Figures {
  const sorted = [...latencies].sort((a, b) => a - b)

  return { count, rate: count / seconds, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
}

/** Nearest rank; of a sorted list */
export function quantile (sorted: number[], q: number): number {
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]
}

export function spreadOf (values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)

  return { min: sorted[0], median: quantile(sorted, 0.5), max: sorted[sorted.length - 1] }
}

/** Runs `once` in so many lanes for so long; a lane ends after what it has begun */
export async function inLanes (lanes: number, ms: number, once: (lane: number) => Promise<void>): Promise<Sample> {
  const latencies: number[] = []
  const started = performance.now()

  await Promise.all(Array.from({ length: lanes }, async (_, lane) => {
    while (performance.now() - started < ms) {
      const begun = performance.now()
      await once(lane)
      latencies.push(performance.now() - begun)
    }
  }))

  return { count: latencies.length, seconds: (performance.now() - started) / 1_000, latencies }
}
