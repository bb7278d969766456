import type { ServerResponse } from 'node:http'

export interface StallsInit {
  /** ms */
  after: number
  /** Told of each reader that was cut */
  onCut?(): void
}

/** Readers that take nothing of a stream or a large answer are cut: what is held for them is for others */
export class Stalls {
  readonly #init: StallsInit

  constructor (init: StallsInit) {
    this.#init = init
  }

  watch (response: ServerResponse): void {
    response.setTimeout(this.#init.after, () => {
      if (!response.destroyed) {
        this.#init.onCut?.()
        response.destroy()
      }
    })
  }
}
