import { MAIL_PURGE_EVERY, MAIL_STEP } from './limits.ts'
import type { MailContext } from './context.ts'
import type { Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'

/** What must not be kept any more goes: mail that expired, and that of sites that were revoked */
export class MailUpkeep {
  readonly #context: Pick<MailContext, 'membership' | 'store' | 'clock' | 'log'>
  #timer: Timer | undefined
  #end = (): void => {}
  #work: Promise<void> = Promise.resolve()
  #stopped = false

  constructor (context: MailContext) {
    this.#context = context
  }

  start (): void {
    const { roster } = this.#context.membership
    this.#end = roster.changed.subscribe(({ sites }) => { this.#drop(sites) })
    // revoked while this daemon was off
    this.#drop(roster.members().map(({ site }) => site))
    this.#purge()
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#end()
    this.#timer?.cancel()
    await this.#work
  }

  #purge (): void {
    const { store, clock } = this.#context

    this.#run(async () => {
      while (!this.#stopped && await store.mailPurge({ now: Math.floor(clock.now()), limit: MAIL_STEP })) {
        // the next step
      }
    })
    this.#timer = clock.setTimeout(() => { this.#purge() }, MAIL_PURGE_EVERY)
  }

  #drop (sites: SiteId[]): void {
    const { membership: { roster }, store, log } = this.#context

    for (const site of sites.filter(site => roster.standing(site) === 'revoked')) {
      this.#run(async () => {
        let count = 0
        let step: number

        do {
          step = await store.mailDrop({ site, limit: MAIL_STEP })
          count += step
        } while (step === MAIL_STEP && !this.#stopped)

        if (count > 0) {
          log.info({ site, envelopes: count }, 'mail from and for a site that was revoked was thrown away')
        }
      })
    }
  }

  /** One after the other */
  #run (work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      try {
        await (this.#stopped ? undefined : work())
      } catch (err) {
        this.#context.log.error({ err }, 'mail that is too old, or of a revoked site, could not be thrown away now: trying again later')
      }
    })
  }
}
