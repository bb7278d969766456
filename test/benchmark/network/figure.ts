import { spreadOf } from '../figures.ts'

/** What is no call that can be timed one by one; a value for each round */
export interface Figure {
  name: string
  unit: string
  values: number[]
}

/** min / median / max over the rounds; one value where it was measured once */
export function renderFigures (figures: Figure[]): string {
  const rows = figures.map(({ name, unit, values }) => {
    const { min, median, max } = spreadOf(values)

    return [name, `${(values.length === 1 ? values : [min, median, max]).map(shown).join(' / ')} ${unit}`]
  })
  const head = ['', 'min / median / max']
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map(row => row[column].length)))

  return [head, widths.map(width => '-'.repeat(width)), ...rows].map(cells => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`).join('\n')
}

function shown (value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
}
