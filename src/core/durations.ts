/**
 * Durations as Beam writes them (the grammar of the Rust crate fundu): a decimal
 * number with an optional exponent, then an optional unit, no spaces; or `inf`.
 */

/** Longest text that is looked at, in characters: the arithmetic is exact and must stay cheap */
export const MAX_DURATION_TEXT = 100

/** Nanoseconds of each unit */
const UNITS = {
  ns: 1n,
  Ms: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n
} as const

export type DurationUnit = keyof typeof UNITS

const DURATION = /^\+?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?(ns|Ms|ms|s|m|h|d|w)?$/
const INFINITY = /^\+?inf(?:inity)?$/i

/** The largest exponent of ten that fundu reads; the smallest is one further */
const MAX_EXPONENT = 32_767

/** Beyond this many digits before the decimal point the value is longer than any clock counts */
const MAX_DIGITS = 40

/** Beam's longest: 2^64 seconds, in ns. Everything above saturates. */
const LONGEST = (1n << 64n) * UNITS.s

/**
 * Milliseconds, exact to the nanosecond; `Infinity` for `inf` and for whatever
 * is too long; undefined for text that is no duration.
 */
export function parseDuration (text: string, defaultUnit: DurationUnit): number | undefined {
  if (text.length > MAX_DURATION_TEXT) {
    return
  }

  if (INFINITY.test(text)) {
    return Infinity
  }

  const match = DURATION.exec(text)

  if (match == null) {
    return
  }

  const [, whole, fraction = '', exponentText = '0', unit = defaultUnit] = match
  const exponent = Number(exponentText)

  if (whole.length + fraction.length === 0 || exponent > MAX_EXPONENT || exponent < -MAX_EXPONENT - 1) {
    return
  }

  const ns = scale(BigInt(whole + fraction), exponent - fraction.length, UNITS[unit as DurationUnit])

  return ns > LONGEST ? Infinity : Number(ns) / 1e6
}

/** digits x 10^exponent x unit, cut to whole nanoseconds */
function scale (digits: bigint, exponent: number, unit: bigint): bigint {
  if (digits === 0n) {
    return 0n
  }

  if (exponent > MAX_DIGITS) {
    return LONGEST + 1n
  }

  if (exponent >= 0) {
    return digits * unit * 10n ** BigInt(exponent)
  }

  // smaller than a nanosecond whatever the digits
  if (exponent < -MAX_DURATION_TEXT - MAX_DIGITS) {
    return 0n
  }

  return digits * unit / 10n ** BigInt(-exponent)
}
