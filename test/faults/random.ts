/** A seeded source of decisions (mulberry32): the same seed makes the same run, as far as the decisions go */
export interface Decisions {
  /** In [0, 1) */
  float(): number
  /** Whole number in [from, to] */
  between(from: number, to: number): number
  pick<T>(list: readonly T[]): T
}

export function seeded (seed: number): Decisions {
  let state = seed >>> 0

  const float = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)

    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  return {
    float,
    between: (from, to) => from + Math.floor(float() * (to - from + 1)),
    pick: (list) => list[Math.floor(float() * list.length)]
  }
}
