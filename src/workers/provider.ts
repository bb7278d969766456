import { directoryName } from './index.ts'
import { PROVIDE_RETRY, PROVIDE_RETRY_LONGEST, PROVIDE_TIMEOUT } from './limits.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { Directory } from '../network/index.ts'

export interface ProviderComponents {
  directory: Directory
  clock: Clock
  random: Random
  log: Log
}

interface Provided {
  attempts: number
  abort: AbortController
  timer?: Timer
}

/**
 * Keeps the directory's names in step with what is announced here. A directory that
 * does not take a name up is asked again; nobody waits for it, because linked sites
 * are asked directly.
 */
export class Provider {
  readonly #components: ProviderComponents
  readonly #provided = new Map<string, Provided>()

  constructor (components: ProviderComponents) {
    this.#components = components
  }

  set (capabilities: Set<string>): void {
    for (const name of capabilities) {
      if (!this.#provided.has(name)) {
        const provided: Provided = { attempts: 0, abort: new AbortController() }
        this.#provided.set(name, provided)
        void this.#provide(name, provided)
      }
    }

    for (const [name, provided] of this.#provided) {
      if (!capabilities.has(name)) {
        this.#provided.delete(name)
        void this.#withdraw(name, provided)
      }
    }
  }

  async stop (): Promise<void> {
    const all = [...this.#provided]
    this.#provided.clear()
    await Promise.all(all.map(async ([name, provided]) => this.#withdraw(name, provided)))
  }

  async #provide (name: string, provided: Provided): Promise<void> {
    const { directory, clock, random, log } = this.#components
    const tooLong = clock.setTimeout(() => { provided.abort.abort() }, PROVIDE_TIMEOUT)
    let kept = false

    try {
      kept = await directory.provide(directoryName(name), provided.abort.signal)
    } catch (err) {
      log.debug({ err, capability: name }, 'the directory did not take a capability up')
    }

    tooLong.cancel()

    if (kept || this.#provided.get(name) !== provided) {
      return
    }

    provided.attempts++
    provided.abort = new AbortController()
    const pause = Math.min(PROVIDE_RETRY * 2 ** Math.min(provided.attempts - 1, 10), PROVIDE_RETRY_LONGEST)
    provided.timer = clock.setTimeout(() => { void this.#provide(name, provided) }, pause * (0.5 + random.float() / 2))
  }

  async #withdraw (name: string, provided: Provided): Promise<void> {
    provided.timer?.cancel()
    provided.abort.abort()

    try {
      await this.#components.directory.withdraw(directoryName(name))
    } catch (err) {
      // it stays a hint that nobody confirms, until it runs out
      this.#components.log.debug({ err, capability: name }, 'the directory could not withdraw a capability')
    }
  }
}
