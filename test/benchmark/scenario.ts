import type { Sample } from './figures.ts'

/** One thing that is measured; each has a file of its own in scenarios/ */
export interface Scenario {
  name: string
  /** Processes whose CPU is counted, by name */
  pids: Record<string, number>
  /** What its latencies are of, where it is not one whole call */
  note?: string
  /** One round */
  run(ms: number): Promise<Sample>
}
