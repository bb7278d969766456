import { OutboundError } from './errors.ts'
import type { ProxyView, Reason } from './index.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'

/** What became of the tunnels, for `status`; a new kind of trouble is logged once */
export class ProxyRecord {
  readonly #clock: Pick<Clock, 'now'>
  readonly #log: Log
  readonly #failed = new Map<Reason, number>()
  #opened = 0
  #last: ProxyView['last']

  constructor ({ clock, log }: { clock: Pick<Clock, 'now'>, log: Log }) {
    this.#clock = clock
    this.#log = log
  }

  opened (target: string): void {
    this.#opened++

    // what is wrong with one target says nothing of the others
    if (this.#last != null && (this.#last.target === target || OF_THE_PROXY.includes(this.#last.reason))) {
      this.#last.mended = true
    }
  }

  failed (target: string, error: unknown): void {
    if (!(error instanceof OutboundError)) {
      return
    }

    const { reason, message } = error
    const same = this.#last != null && !this.#last.mended && this.#last.reason === reason
    this.#failed.set(reason, (this.#failed.get(reason) ?? 0) + 1)
    this.#last = { at: this.#clock.now(), target, reason, message, mended: false }
    this.#log[same ? 'debug' : 'warn']({ target, reason }, message)
  }

  get view (): Pick<ProxyView, 'opened' | 'failed' | 'last'> {
    return { opened: this.#opened, failed: Object.fromEntries(this.#failed), ...(this.#last == null ? {} : { last: { ...this.#last } }) }
  }
}

/** These concern the proxy, whatever the target */
const OF_THE_PROXY: Reason[] = ['no name', 'refused', 'unreachable', 'not a proxy', 'credentials']
