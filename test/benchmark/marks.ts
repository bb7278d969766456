import { spreadOf } from './figures.ts'
import type { Figures } from './figures.ts'
import type { Measured } from './render.ts'
import type { BenchResult } from './run.ts'

export interface Mark {
  name: string
  value: number
  unit: string
  /** Whether it should be at least or at most `mark` */
  at: 'least' | 'most'
  mark: number
  met: boolean
}

/** What Samply.Beam 0.11 needs for bodies of 1 MiB at 8 in flight (a second) and for one of 10 MiB (ms) */
const BEAM = { mebibytes: 11, ten: 1_600 }

/** The figures that the project set itself */
export function marksOf (result: BenchResult): Mark[] {
  const one = median(result.one, 'p50')
  const marks: Mark[] = [
    mark('round trip alone, p50', one, 'ms', 'most', 6),
    mark('round trips, first mark', median(result.many, 'rate'), '/s', 'least', 600),
    mark('round trips, aim', median(result.many, 'rate'), '/s', 'least', 1_250),
    mark('POST alone, first mark', median(result.post, 'rate'), '/s', 'least', 3_000),
    mark('POST alone, aim', median(result.post, 'rate'), '/s', 'least', 6_000),
    mark('1 MiB, against Samply.Beam', median(result.mebibyte, 'rate') / BEAM.mebibytes, '×', 'least', 5),
    mark('10 MiB, against Samply.Beam', BEAM.ten / median(result.ten, 'p50'), '×', 'least', 5),
    mark('ready', spreadOf(result.start.ready).median, 'ms', 'most', 2_000),
    mark('idle memory of a daemon', spreadOf(result.start.idle).median, 'MB', 'most', 150)
  ]

  if (result.stored != null) {
    marks.push(mark('p50 with many stored tasks against without', median(result.stored, 'p50') / one, '×', 'most', 1.2))
  }

  if (result.held != null) {
    marks.push(mark('held polls, p50', median(result.held, 'p50'), 'ms', 'most', 4), mark('held polls, p99', median(result.held, 'p99'), 'ms', 'most', 8))
  }

  if (result.natsMany != null) {
    marks.push(mark('round trips against NATS', median(result.many, 'rate') / median(result.natsMany, 'rate'), '×', 'least', 1))
  }

  return marks
}

function median (measured: Measured, what: keyof Figures): number {
  return spreadOf(measured.rounds.map(round => round[what])).median
}

function mark (name: string, value: number, unit: string, at: Mark['at'], mark: number): Mark {
  return { name, value, unit, at, mark, met: at === 'least' ? value >= mark : value <= mark }
}

export function renderMarks (marks: Mark[]): string {
  return marks.map(({ name, value, unit, at, mark, met }) => `${met ? 'met    ' : 'NOT met'} ${name}: ${value.toFixed(value < 100 ? 2 : 0)} ${unit}, at ${at} ${mark} ${unit}`).join('\n')
}
