/** Runs tasks one after the other, in the order they were given */
export class Serial {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Tasks that are running or wait for their turn */
  get length (): number {
    return this.#waiting
  }

  async run<T> (task: () => Promise<T>): Promise<T> {
    this.#waiting++
    const mine = this.#last.then(task)
    // whoever gave the task gets its error; the next one only waits for its end
    this.#last = mine.then(() => {}, () => {})

    try {
      return await mine
    } finally {
      this.#waiting--
    }
  }
}
