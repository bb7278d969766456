import type { Figure } from './statistics.ts'

/** The combined figures, and beside them those over the pooled rows, digit for digit */
export function renderFigures (combined: Figure[], pooled: Figure[]): string {
  const head = ['species', 'column', 'n', 'three sites: mean ± sd', 'pooled rows: mean ± sd']
  const rows = combined.map((figure, index) => [
    figure.group,
    figure.column.replaceAll('_', ' '),
    String(figure.n),
    meanAndSd(figure),
    pooled[index] == null ? '-' : meanAndSd(pooled[index])
  ])
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map(row => row[column].length)))
  const line = (cells: string[]): string => cells
    .map((cell, column) => column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))
    .join('   ')

  return [line(head), widths.map(width => '─'.repeat(width)).join('   '), ...rows.map(line)].join('\n')
}

function meanAndSd ({ mean, sd }: Figure): string {
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`
}
