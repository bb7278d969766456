/**
 * Sizes and durations as people write them in a configuration. A bare number is in
 * the base unit (bytes, ms).
 */
const SIZES: Record<string, number> = {
  B: 1,
  kB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824
}

const DURATIONS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000
}

export type Unit = 'bytes' | 'ms'

export const UNIT_RULES: Record<Unit, string> = {
  bytes: `must be a number of bytes or a size such as "64MiB" (${Object.keys(SIZES).join(', ')})`,
  ms: `must be a number of ms or a duration such as "90s" or "1h" (${Object.keys(DURATIONS).join(', ')})`
}

/** Whole bytes or ms; undefined for anything that is not a size or duration */
export function parseUnit (text: string, unit: Unit): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([A-Za-z]*)$/.exec(text.trim())

  if (match == null) {
    return
  }

  const table = unit === 'bytes' ? SIZES : DURATIONS
  const name = match[2] === '' ? Object.keys(table)[0] : match[2]
  const value = Object.hasOwn(table, name) ? Math.round(Number(match[1]) * table[name]) : Number.NaN

  return Number.isSafeInteger(value) ? value : undefined
}

/** The largest unit that divides the value, for `config show` */
export function formatUnit (value: number, unit: Unit): string {
  const table = unit === 'bytes' ? { GiB: SIZES.GiB, MiB: SIZES.MiB, KiB: SIZES.KiB, B: 1 } : { d: DURATIONS.d, h: DURATIONS.h, m: DURATIONS.m, s: DURATIONS.s, ms: 1 }
  const [name, factor] = Object.entries(table).find(([, factor]) => value > 0 && value % factor === 0) ?? [unit === 'bytes' ? 'B' : 'ms', 1]

  return `${value / factor}${name}`
}
