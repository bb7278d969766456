import { LimitError } from '../core/errors.ts'
import { AnswerRoom } from './answer-room.ts'
import type { AskedWait } from './query.ts'
import type { AppId } from '../core/ids.ts'
import type { Wait } from '../tasks/index.ts'
import type { ServerResponse } from 'node:http'

/** Seconds after which an app with too many held polls may try again */
const RETRY_AFTER = 1

/** For calls that do not wait: nobody ever aborts it */
const NEVER = new AbortController().signal

/** Held polls and event streams: counted for each app, ended when the client goes away */
export class Polls {
  /** Memory of what is answered to them, and to calls that do not wait */
  readonly answers = new AnswerRoom()
  readonly #limit: number
  readonly #held = new Map<AppId, Set<ServerResponse>>()

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

  /** The key that they were begun with is good no more: an event stream would go on for ever */
  cut (app: AppId): void {
    this.#held.get(app)?.forEach((response) => { response.destroy() })
  }

  /**
   * @throws {LimitError}
   */
  async run<T> (app: AppId, asked: AskedWait, response: ServerResponse, call: (wait: Wait) => Promise<T>): Promise<T> {
    if ((asked.count ?? 0) === 0 && (asked.time ?? 0) === 0) {
      return call({ ...asked, signal: NEVER, room: this.answers.of(response) })
    }

    return this.hold(app, response, async (signal) => call({ ...asked, signal, room: this.answers.of(response) }))
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
