/**
 * Moments of a column, by group: what a worker answers, and what is left to do
 * with the answers of several sites. Nothing here sees a row.
 */
export interface Moments {
  n: number
  sum: number
  sumOfSquares: number
}

/** Species to column to moments */
export type Groups = Record<string, Record<string, Moments>>

export interface Figure {
  group: string
  column: string
  n: number
  mean: number
  /** Of a sample: n - 1 */
  sd: number
}

/** Figures that differ by less than this, relative, are the same */
export const TOLERANCE = 1e-9

/** Adds up the answers of several sites and makes means and standard deviations of them */
export function combine (answers: Groups[], columns: string[]): Figure[] {
  const total: Groups = {}

  for (const answer of answers) {
    for (const [group, byColumn] of Object.entries(answer)) {
      for (const column of columns) {
        const into = (total[group] ??= {})[column] ??= { n: 0, sum: 0, sumOfSquares: 0 }
        const part = byColumn[column]

        into.n += part.n
        into.sum += part.sum
        into.sumOfSquares += part.sumOfSquares
      }
    }
  }

  return Object.keys(total).sort().flatMap(group => columns.map(column => figureOf(group, column, total[group][column])))
}

function figureOf (group: string, column: string, { n, sum, sumOfSquares }: Moments): Figure {
  return { group, column, n, mean: sum / n, sd: Math.sqrt((sumOfSquares - sum * sum / n) / (n - 1)) }
}

/** The same figures the ordinary way, by somebody who holds all rows; another formula on purpose */
export function pool (rows: Array<Record<string, string>>, by: string, columns: string[]): Figure[] {
  const groups = [...new Set(rows.map(row => row[by]))].sort()

  return groups.flatMap(group => columns.map(column => {
    const values = rows.filter(row => row[by] === group).map(row => Number(row[column])).filter(value => !Number.isNaN(value))
    const n = values.length
    const mean = values.reduce((sum, value) => sum + value, 0) / n
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))

    return { group, column, n, mean, sd }
  }))
}

/** Whether two tables are the same table */
export function agree (a: Figure[], b: Figure[], tolerance: number = TOLERANCE): boolean {
  return a.length > 0 && a.length === b.length && a.every((figure, index) => {
    const other = b[index]

    return figure.group === other.group && figure.column === other.column && figure.n === other.n &&
      close(figure.mean, other.mean, tolerance) && close(figure.sd, other.sd, tolerance)
  })
}

function close (a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))
}
