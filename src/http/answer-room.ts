import { LimitError } from '../core/errors.ts'
import type { ServerResponse } from 'node:http'

/**
 * Bytes of bodies and metadata in answers and event streams that are being made or sent, of all apps
 * together; one always, however large. A reader that takes nothing is cut.
 *
 * @default 100_663_296 (96 MiB)
 */
export const MAX_ANSWERING = 100_663_296

/** Answers with fewer bytes are not counted */
const SMALL_ANSWER = 65_536

/** Seconds after which a caller that found no room may try again */
const RETRY_AFTER = 1

/** Gives nothing back: nothing was taken */
const NOTHING = (): void => {}

interface Turn {
  bytes: number
  begin(): void
}

/** Memory for large bodies on their way to apps, which all answers and streams share */
export class AnswerRoom {
  #taken = 0
  /** Streams that wait for room, in their order */
  readonly #turns: Turn[] = []

  /** Bytes that are taken now */
  get taken (): number {
    return this.#taken
  }

  /**
   * To be asked before bodies are read for this response. They are given back when it is
   * done, or earlier by what is returned. Streams that wait come first.
   *
   * @throws {LimitError} from what it returns
   */
  of (response: ServerResponse): (bytes: number) => () => void {
    return (bytes) => {
      // who left needs no answer
      if (bytes < SMALL_ANSWER || response.destroyed) {
        return NOTHING
      }

      if (!this.#fits(bytes + (this.#turns[0]?.bytes ?? 0))) {
        throw new LimitError('too many large answers are being sent at this moment; ask for a page with limit=1, or with bodies=none and read bodies as bytes', RETRY_AFTER)
      }

      const give = this.#take(bytes)
      response.once('close', give)

      return () => {
        response.off('close', give)
        give()
      }
    }
  }

  /**
   * For one event of a stream: waits until there is room, or until `signal` says that
   * nobody reads it any more. Whoever waits holds nothing, so that no two wait for each other.
   * Resolves with what gives the room back.
   */
  async turn (bytes: number, signal: AbortSignal): Promise<() => void> {
    if (bytes < SMALL_ANSWER || signal.aborted) {
      return NOTHING
    }

    return this.#turns.length === 0 && this.#fits(bytes) ? this.#take(bytes) : this.#wait(bytes, signal)
  }

  async #wait (bytes: number, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve) => {
      const leave = (): void => {
        this.#turns.splice(this.#turns.indexOf(turn), 1)
        resolve(NOTHING)
        this.#next()
      }
      const turn: Turn = {
        bytes,
        begin: () => {
          signal.removeEventListener('abort', leave)
          resolve(this.#take(bytes))
        }
      }

      signal.addEventListener('abort', leave, { once: true })
      this.#turns.push(turn)
    })
  }

  /** Returns what gives it back, once */
  #take (bytes: number): () => void {
    let left = bytes
    this.#taken += bytes

    return () => {
      this.#taken -= left
      left = 0
      this.#next()
    }
  }

  #fits (bytes: number): boolean {
    return this.#taken === 0 || this.#taken + bytes <= MAX_ANSWERING
  }

  #next (): void {
    while (this.#turns.length > 0 && this.#fits(this.#turns[0].bytes)) {
      this.#turns.shift()?.begin()
    }
  }
}
