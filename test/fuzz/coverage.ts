interface FileCounters {
  s: Record<string, number>
  b: Record<string, number[]>
}

/** How often something ran, roughly: a loop that runs three times is other news than one that runs a hundred times */
function bucket (count: number): number {
  return count < 4 ? 1 << (count - 1) : 1 << Math.min(7, 1 + Math.floor(Math.log2(count)))
}

/** What all inputs so far have reached, in the counters of one instrumented bundle */
export class Coverage {
  readonly #statements: Record<string, number>
  readonly #keys: string[]
  readonly #branches: number[][]
  readonly #seen: Uint8Array

  constructor (counters: Record<string, FileCounters>) {
    const [file] = Object.values(counters)

    this.#statements = file.s
    this.#keys = Object.keys(file.s)
    this.#branches = Object.values(file.b)
    this.#seen = new Uint8Array(this.counters)
  }

  get counters (): number {
    return this.#keys.length + this.#branches.reduce((sum, paths) => sum + paths.length, 0)
  }

  get covered (): number {
    return this.#seen.reduce((sum, bits) => sum + (bits === 0 ? 0 : 1), 0)
  }

  reset (): void {
    for (const key of this.#keys) {
      this.#statements[key] = 0
    }

    for (const paths of this.#branches) {
      paths.fill(0)
    }
  }

  /** Whether the input that ran since `reset` reached something new */
  learn (): boolean {
    let news = false
    let i = 0

    const look = (count: number): void => {
      if (count !== 0) {
        const bit = bucket(count)

        if ((this.#seen[i] & bit) === 0) {
          this.#seen[i] |= bit
          news = true
        }
      }

      i++
    }

    for (const key of this.#keys) {
      look(this.#statements[key])
    }

    for (const paths of this.#branches) {
      paths.forEach(look)
    }

    return news
  }
}
