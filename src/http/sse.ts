import type { HttpLimits } from './index.ts'
import type { Stalls } from './stalls.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { ServerResponse } from 'node:http'

export interface EventStreamComponents {
  clock: Clock
  limits: Pick<HttpLimits, 'keepAlive'>
  stalls: Stalls
}

const KEEP_ALIVE = ': keep-alive\n\n'

/**
 * A response that is an event stream. `write` resolves when the reader has taken
 * what was sent, so that nothing piles up here; a reader that takes nothing is cut.
 */
export class EventStream {
  readonly #response: ServerResponse
  readonly #components: EventStreamComponents
  #quiet?: Timer

  constructor (response: ServerResponse, components: EventStreamComponents) {
    this.#response = response
    this.#components = components

    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      // reverse proxies would hold events back
      'x-accel-buffering': 'no'
    })
    response.flushHeaders()
    components.stalls.watch(response)
    this.#comfort()
  }

  async write (text: string): Promise<void> {
    if (this.#response.destroyed) {
      return
    }

    const taken = this.#response.write(text)

    this.#comfort()

    if (!taken) {
      await this.#drained()
    }
  }

  end (): void {
    this.#quiet?.cancel()
    this.#response.end()
  }

  async #drained (): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        this.#response.off('drain', finish).off('close', finish)
        resolve()
      }

      this.#response.on('drain', finish).on('close', finish)
    })
  }

  /** A comment whenever nothing was sent for a while: middleboxes cut quiet connections */
  #comfort (): void {
    const { clock, limits } = this.#components

    this.#quiet?.cancel()
    this.#quiet = clock.setTimeout(() => {
      if (!this.#response.destroyed && !this.#response.writableNeedDrain) {
        this.#response.write(KEEP_ALIVE)
      }

      this.#comfort()
    }, limits.keepAlive)
  }
}
