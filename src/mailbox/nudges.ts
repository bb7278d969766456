import { writeMail } from '../protocols/mailbox/messages.ts'
import { NUDGE_EVERY } from './limits.ts'
import type { MailContext } from './context.ts'
import type { Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'

/** The keeper tells a site that has a link that something waits for it; what comes meanwhile shares one nudge */
export class Nudges {
  readonly #context: Pick<MailContext, 'links' | 'streams' | 'store' | 'clock' | 'log'>
  readonly #timers = new Map<SiteId, Timer>()
  readonly #last = new Map<SiteId, number>()
  #end = (): void => {}
  #stopped = false

  constructor (context: MailContext) {
    this.#context = context
  }

  start (): void {
    this.#end = this.#context.links.linkUp.subscribe((site) => { this.mailFor(site) })
    this.#context.links.up().forEach((site) => { this.mailFor(site) })
  }

  stop (): void {
    this.#stopped = true
    this.#end()
    this.#timers.forEach((timer) => { timer.cancel() })
    this.#timers.clear()
  }

  mailFor (site: SiteId): void {
    const { links, clock } = this.#context

    if (this.#stopped || this.#timers.has(site) || !links.isUp(site)) {
      return
    }

    const pause = Math.max(0, (this.#last.get(site) ?? -Infinity) + NUDGE_EVERY - clock.monotonic())

    this.#timers.set(site, clock.setTimeout(() => {
      this.#timers.delete(site)
      this.#last.set(site, clock.monotonic())
      this.#nudge(site).catch((error: Error) => {
        this.#context.log.debug({ site, error: error.message }, 'a site could not be told of its mail: it asks by itself')
      })
    }, pause))
  }

  async #nudge (site: SiteId): Promise<void> {
    const { envelopes } = await this.#context.store.usedMail({ recipient: site })

    if (envelopes === 0 || this.#stopped) {
      return
    }

    const channel = await this.#context.streams.openMail(site, AbortSignal.timeout(NUDGE_EVERY))

    try {
      await writeMail(channel, { nudge: { envelopes } })
      await channel.close()
    } catch (error) {
      channel.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }
}
