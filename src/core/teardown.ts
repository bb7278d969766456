import type { Log } from './log.ts'

interface Step {
  name: string
  work(): void | Promise<void>
  guards: boolean
}

export interface StepInit {
  /**
   * It guards what the other steps use: not done while one that was given up still
   * runs, if need be until the end of the process.
   *
   * @default false
   */
  guards?: boolean
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
  /** Steps that were given up and may still run */
  readonly #late: Array<Promise<unknown>> = []

  constructor (log: Log) {
    this.#log = log
  }

  add (name: string, work: Step['work'], { guards = false }: StepInit = {}): void {
    this.#steps.push({ name, work, guards })
  }

  /** @param budget - ms for all steps together */
  async run (budget: number): Promise<void> {
    const started = performance.now()

    for (let step = this.#steps.pop(); step != null; step = this.#steps.pop()) {
      await this.#finish(step, Math.max(LEAST, budget - (performance.now() - started)))
    }
  }

  async #finish ({ name, work, guards }: Step, patience: number): Promise<void> {
    if (guards && this.#late.length > 0) {
      this.#log.warn({ step: name }, 'kept until everything else has ended')
      // nobody waits for it: the end of the process does it as well
      void Promise.allSettled(this.#late).then(work).catch((err: Error) => { this.#failed(name, err) })
      return
    }

    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => { timer = setTimeout(() => { resolve('late') }, patience) })

    try {
      const working = Promise.resolve(work())

      if (await Promise.race([late, working]) === 'late') {
        this.#late.push(working)
        this.#log.warn({ step: name, ms: Math.round(patience) }, 'stopping took too long: going on without')
      }
    } catch (err) {
      this.#failed(name, err)
    } finally {
      clearTimeout(timer)
    }
  }

  #failed (step: string, err: unknown): void {
    this.#log.error({ err, step }, 'stopping failed: going on')
  }
}
