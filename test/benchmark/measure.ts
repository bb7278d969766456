import { whileMeasuring } from './cpu.ts'
import { figuresOf } from './figures.ts'
import type { Measured } from './render.ts'
import type { Scenario } from './scenario.ts'

export interface MeasureInit {
  rounds: number
  /** Of each scenario in each round */
  seconds: number
  /** Of each scenario before the first round: code and connections get warm, every key is checked once the slow way, ms. @default 1_000 */
  warm?: number
  onProgress(line: string): void
}

/** Round by round, the scenarios in turn: a machine that gets slower shows in all of them */
export async function measure (scenarios: Scenario[], { rounds, seconds, warm = 1_000, onProgress }: MeasureInit): Promise<Measured[]> {
  for (const { name, run } of scenarios) {
    onProgress(`warming up: ${name}`)
    await run(warm)
  }

  const measured = scenarios.map(({ name, note }): Measured => ({ name, note, rounds: [], cpu: {} }))
  const spent = scenarios.map((): Record<string, number | undefined> => ({}))

  for (let round = 1; round <= rounds; round++) {
    for (const [index, { name, pids, run }] of scenarios.entries()) {
      const { value, cpu } = await whileMeasuring(Object.values(pids), async () => run(seconds * 1_000))
      const figures = figuresOf(value)

      measured[index].rounds.push(figures)
      Object.keys(pids).forEach((process, at) => {
        const more = cpu[at]
        const before = spent[index][process] ?? 0

        spent[index][process] = more == null ? undefined : before + more
      })
      onProgress(`round ${round}/${rounds}: ${name}: ${figures.rate.toFixed(0)}/s, p50 ${figures.p50.toFixed(2)} ms, p99 ${figures.p99.toFixed(2)} ms`)
    }
  }

  for (const [index, one] of measured.entries()) {
    const count = one.rounds.reduce((sum, round) => sum + round.count, 0)

    one.cpu = Object.fromEntries(Object.entries(spent[index]).map(([process, ms]) => [process, ms == null ? undefined : ms / count]))
  }

  return measured
}
