import { UnreachableError } from '../core/errors.ts'
import { MailProtocolError, readMail, writeMail } from '../protocols/mailbox/messages.ts'
import { RateLimit } from '../protocols/rate-limit.ts'
import { watchdog } from '../tasks/delivery/watchdog.ts'
import { takeDeposit } from './deposit.ts'
import { acknowledgedBy, fetchFor, listFor } from './hand-out.ts'
import { MAIL_IDLE, MAIL_REQUESTS, MAX_MAIL_SESSIONS, MAX_MAIL_SESSIONS_PER_SITE } from './limits.ts'
import { MailRefusal } from './refusal.ts'
import type { MailContext } from './context.ts'
import type { SiteId } from '../core/ids.ts'
import type { BulkChannel } from '../network/index.ts'
import type { MailboxMessage } from '../protocols/mailbox/pb/mailbox.ts'

export interface KeeperInit {
  /** Whole on disk, for this site */
  onMail(site: SiteId): void
  /** Another keeper says that it has mail for this site */
  onNudge(site: SiteId): void
}

/** How long a site over its rate waits each time, ms */
const SLOWED = 50

/** Serves mailbox sessions: deposits, listings, fetches and acknowledgements of members */
export class Keeper {
  taken = 0
  acknowledged = 0
  readonly refused: Record<string, number> = {}
  readonly #context: MailContext
  readonly #init: KeeperInit
  readonly #sessions = new Map<SiteId, number>()
  readonly #running = new Set<Promise<void>>()
  readonly #channels = new Set<BulkChannel>()
  readonly #rate: RateLimit
  #stopped = false

  constructor (context: MailContext, init: KeeperInit) {
    this.#context = context
    this.#init = init
    this.#rate = new RateLimit(context.clock, MAIL_REQUESTS)
  }

  /** One session, for as long as the peer keeps it open */
  async serve (site: SiteId, channel: BulkChannel): Promise<void> {
    const mine = this.#sessions.get(site) ?? 0

    if (this.#stopped || mine >= MAX_MAIL_SESSIONS_PER_SITE || this.#channels.size >= MAX_MAIL_SESSIONS) {
      channel.abort(new Error('no more mailbox sessions now'))
      return
    }

    this.#sessions.set(site, mine + 1)
    this.#channels.add(channel)
    const work = this.#session(site, channel)
    this.#running.add(work)

    try {
      await work
    } finally {
      this.#running.delete(work)
      this.#channels.delete(channel)
      const left = (this.#sessions.get(site) ?? 1) - 1

      if (left > 0) {
        this.#sessions.set(site, left)
      } else {
        this.#sessions.delete(site)
      }
    }
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#channels.forEach(channel => { channel.abort(new Error('this daemon is stopping')) })
    await Promise.allSettled(this.#running)
  }

  async #session (site: SiteId, channel: BulkChannel): Promise<void> {
    const { clock, log } = this.#context
    const idle = watchdog(clock, MAIL_IDLE, () => { channel.abort(new UnreachableError('nothing moved in the mailbox session')) })

    try {
      for (let request = await readMail(channel); request != null && !this.#stopped; request = await readMail(channel)) {
        idle.fed()
        await this.#pace(site)
        await this.#answer(site, channel, request, idle.fed)
      }

      await channel.close()
    } catch (err) {
      if (err instanceof MailProtocolError) {
        log.debug({ site, error: err.message }, 'a mailbox session broke the protocol')
      } else if (!(err instanceof UnreachableError)) {
        log.error({ err, site }, 'a mailbox session failed')
      }

      channel.abort(err instanceof Error ? err : new Error(String(err)))
    } finally {
      idle.stop()
    }
  }

  async #answer (site: SiteId, channel: BulkChannel, request: MailboxMessage, moved: () => void): Promise<void> {
    if (request.nudge != null) {
      this.#init.onNudge(site)
      return
    }

    try {
      if (request.deposit != null) {
        // what was kept before is handed out all the same: it was said yes to
        if (this.#context.config.enabled !== 'yes') {
          throw new MailRefusal('mailbox-off')
        }

        const { to, until } = await takeDeposit(this.#context, site, channel, request.deposit, moved)
        this.taken++
        await writeMail(channel, { stored: { until } })
        this.#init.onMail(to)
      } else if (request.list != null) {
        await listFor(this.#context, site, channel, request.list)
      } else if (request.fetch != null) {
        await fetchFor(this.#context, site, channel, request.fetch, moved)
      } else if (request.acknowledge.byteLength > 0) {
        const count = await acknowledgedBy(this.#context, site, request.acknowledge)
        this.acknowledged += count
        await writeMail(channel, { deleted: { count } })
      } else {
        // a request of a later version
        throw new MailRefusal('unsupported')
      }
    } catch (err) {
      await this.#refuse(site, channel, err)
    }
  }

  async #refuse (site: SiteId, channel: BulkChannel, err: unknown): Promise<void> {
    if (err instanceof MailProtocolError || err instanceof UnreachableError) {
      throw err
    }

    if (!(err instanceof MailRefusal)) {
      this.#context.log.error({ err, site }, 'mail could not be stored or read: the other side tries again')
    }

    const reason = err instanceof MailRefusal ? err.reason : 'unavailable'
    this.refused[reason] = (this.refused[reason] ?? 0) + 1
    await writeMail(channel, { refused: { reason } })
  }

  /** Who asks too fast is read later */
  async #pace (site: SiteId): Promise<void> {
    while (!this.#rate.take(site) && !this.#stopped) {
      await new Promise<void>((resolve) => { this.#context.clock.setTimeout(resolve, SLOWED) })
    }
  }
}
