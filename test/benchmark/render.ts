import { spreadOf } from './figures.ts'
import type { Figures } from './figures.ts'

export interface Measured {
  name: string
  /** Stands behind the name */
  note?: string
  rounds: Figures[]
  /** ms of CPU for each, by process */
  cpu: Record<string, number | undefined>
}

/** min / median / max over the rounds */
export function renderTable (measured: Measured[]): string {
  const head = ['', 'per second', 'p50 ms', 'p99 ms', 'CPU ms for each']
  const rows = measured.map(({ name, note, rounds, cpu }) => [
    note == null ? name : `${name} (${note})`,
    spread(rounds.map(round => round.rate), 0),
    spread(rounds.map(round => round.p50), 2),
    spread(rounds.map(round => round.p99), 2),
    Object.entries(cpu).map(([process, ms]) => `${process} ${ms == null ? '?' : ms.toFixed(2)}`).join(', ')
  ])
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map(row => row[column].length)))

  return [head, widths.map(width => '-'.repeat(width)), ...rows].map(cells => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`).join('\n')
}

function spread (values: number[], digits: number): string {
  const { min, median, max } = spreadOf(values)

  return `${min.toFixed(digits)} / ${median.toFixed(digits)} / ${max.toFixed(digits)}`
}
