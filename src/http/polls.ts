import { LimitError } from '../core/errors.ts'
import type { AskedWait } from './query.ts'
import type { AppId } from '../core/ids.ts'
import type { Wait } from '../tasks/index.ts'
import type { ServerResponse } from 'node:http'

/** Seconds after which an app with too many held polls may try again */
const RETRY_AFTER = 1

/**
 * Bytes of bodies in answers that are being made or sent, of all apps together; one
 * answer always, however large. A reader that takes nothing is cut.
 *
 * @default 134_217_728 (128 MiB)
 */
export const MAX_ANSWERING = 134_217_728

/** Answers with fewer bytes of bodies are not counted */
const SMALL_ANSWER = 65_536

/** For calls that do not wait: nobody ever aborts it */
const NEVER = new AbortController().signal

/** Held polls and event streams: counted for each app, ended when the client goes away */
export class Polls {
  readonly #limit: number
  readonly #held = new Map<AppId, Set<ServerResponse>>()

  #answering = 0

  constructor (limit: number) {
    this.#limit = limit
  }

  /** Of all apps */
  get total (): number {
    return [...this.#held.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** Of one app */
  held (app: AppId): number {
    return this.#held.get(app)?.size ?? 0
  }

  /** To be asked before bodies are read for this response: its bytes are given back when it is done */
  room (response: ServerResponse): (bytes: number) => void {
    return (bytes) => {
      // who left needs no answer
      if (bytes < SMALL_ANSWER || response.destroyed) {
        return
      }

      if (this.#answering > 0 && this.#answering + bytes > MAX_ANSWERING) {
        throw new LimitError('too many large answers are being sent at this moment; ask for a page with limit=1, or with bodies=none and read bodies as bytes', RETRY_AFTER)
      }

      this.#answering += bytes
      response.once('close', () => { this.#answering -= bytes })
    }
  }

  /** The key that they were begun with is good no more: an event stream would go on for ever */
  cut (app: AppId): void {
    this.#held.get(app)?.forEach((response) => { response.destroy() })
  }

  /**
   * @throws {LimitError}
   */
  async run<T> (app: AppId, asked: AskedWait, response: ServerResponse, call: (wait: Wait) => Promise<T>): Promise<T> {
    if ((asked.count ?? 0) === 0 && (asked.time ?? 0) === 0) {
      return call({ ...asked, signal: NEVER, room: this.room(response) })
    }

    return this.hold(app, response, async (signal) => call({ ...asked, signal, room: this.room(response) }))
  }

  /**
   * @throws {LimitError}
   */
  async hold<T> (app: AppId, response: ServerResponse, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const held = this.held(app)

    if (held >= this.#limit) {
      throw new LimitError(`${app} holds ${held} polls and event streams already: that is the limit (api.maxPolls)`, RETRY_AFTER)
    }

    const controller = new AbortController()
    const gone = (): void => { controller.abort() }

    this.#held.set(app, (this.#held.get(app) ?? new Set()).add(response))
    response.once('close', gone)

    // it may have left while its key was checked
    if (response.destroyed) {
      gone()
    }

    try {
      return await call(controller.signal)
    } finally {
      response.off('close', gone)
      this.#release(app, response)
    }
  }

  #release (app: AppId, response: ServerResponse): void {
    const held = this.#held.get(app)
    held?.delete(response)

    if (held?.size === 0) {
      this.#held.delete(app)
    }
  }
}
