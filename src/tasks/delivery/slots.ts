/** A fixed number of places; whoever finds none waits in line */
export class Slots {
  #free: number
  readonly #line: Array<() => void> = []

  constructor (count: number) {
    this.#free = count
  }

  /** Resolves to what gives the place back */
  async take (): Promise<() => void> {
    if (this.#free > 0) {
      this.#free--
    } else {
      await new Promise<void>((resolve) => { this.#line.push(resolve) })
    }

    return this.#giver()
  }

  /** Undefined when there is no place now */
  tryTake (): (() => void) | undefined {
    if (this.#free > 0) {
      this.#free--

      return this.#giver()
    }
  }

  #giver (): () => void {
    let given = false

    return () => {
      if (given) {
        return
      }

      given = true
      const next = this.#line.shift()

      if (next != null) {
        next()
      } else {
        this.#free++
      }
    }
  }
}
