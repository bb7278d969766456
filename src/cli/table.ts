import type { SignerView } from '../control/index.ts'

/**
 * A small aligned table. Control characters never reach the terminal: names in it
 * may come from other sites.
 */
export function table (head: string[], rows: Array<Array<string | number | undefined>>): string {
  const cells = [head, ...rows.map(row => row.map(cell => printable(String(cell ?? '-'))))]
  const widths = head.map((_, column) => Math.max(...cells.map(row => row[column].length)))

  return cells.map(row => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n')
}

/** Names and values, one a line */
export function facts (rows: Array<[string, string | number | undefined]>): string {
  const width = Math.max(...rows.map(([name]) => name.length))

  return rows.map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value ?? '-'))}`.trimEnd()).join('\n')
}

export function printable (text: string): string {
  return text.replace(/\p{C}/gu, '�')
}

export function time (ms: number | undefined): string | undefined {
  return ms == null ? undefined : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Who signed an entry of the roster */
export function signer ({ site, key, entry }: SignerView): string {
  return `${site ?? `the authority key ${key.slice(0, 16)}`}, entry ${entry}`
}

export function bytes (count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log2(count) / 10), units.length - 1)

  return `${power === 0 ? count : (count / 1024 ** power).toFixed(1)} ${units[power]}`
}
