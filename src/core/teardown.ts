import type { Log } from './log.ts'

interface Step {
  name: string
  work(): void | Promise<void>
}

/** Least time that a step gets when the ones before it took all, ms */
const LEAST = 500

/**
 * What was started is stopped in the reverse order, each step once, and one that
 * hangs or fails does not keep the others from theirs.
 */
export class Teardown {
  readonly #log: Log
  readonly #steps: Step[] = []

  constructor (log: Log) {
    this.#log = log
  }

  add (name: string, work: Step['work']): void {
    this.#steps.push({ name, work })
  }

  /** @param budget - ms for all steps together */
  async run (budget: number): Promise<void> {
    const started = performance.now()

    for (let step = this.#steps.pop(); step != null; step = this.#steps.pop()) {
      await this.#finish(step, Math.max(LEAST, budget - (performance.now() - started)))
    }
  }

  async #finish ({ name, work }: Step, patience: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => { timer = setTimeout(() => { resolve('late') }, patience) })

    try {
      if (await Promise.race([late, work()]) === 'late') {
        this.#log.warn({ step: name, ms: Math.round(patience) }, 'stopping took too long: going on without')
      }
    } catch (err) {
      this.#log.error({ err, step: name }, 'stopping failed: going on')
    } finally {
      clearTimeout(timer)
    }
  }
}
