export interface UndoneLimits {
  frames: number
  bytes: number
}

/**
 * Counts what was handed up and is not done yet. `onChange` tells when the limit is
 * passed, and when half of it is free again.
 */
export class Undone {
  readonly #limits: UndoneLimits
  readonly #onChange: (full: boolean) => void
  #frames = 0
  #bytes = 0
  #full = false

  constructor (limits: UndoneLimits, onChange: (full: boolean) => void) {
    this.#limits = limits
    this.#onChange = onChange
  }

  get full (): boolean {
    return this.#full
  }

  get frames (): number {
    return this.#frames
  }

  /** Returns what must be called once the frame was dealt with; calling it again is harmless */
  add (bytes: number): () => void {
    let open = true
    this.#frames++
    this.#bytes += bytes
    this.#update()

    return () => {
      if (open) {
        open = false
        this.#frames--
        this.#bytes -= bytes
        this.#update()
      }
    }
  }

  #update (): void {
    const { frames, bytes } = this.#limits
    const full = this.#full
      ? this.#frames > frames / 2 || this.#bytes > bytes / 2
      : this.#frames >= frames || this.#bytes >= bytes

    if (full !== this.#full) {
      this.#full = full
      this.#onChange(full)
    }
  }
}
