import { backoff } from './backoff.ts'
import { hex } from './context.ts'
import { BULK_PER_SITE, MAX_BULK_QUEUE } from './limits.ts'
import { prepare } from './prepare.ts'
import { sendBulk } from './send-bulk.ts'
import type { AtHand, Committed } from './at-hand.ts'
import type { DeliveryContext } from './context.ts'
import type { Settle } from './settle.ts'
import type { Slots } from './slots.ts'
import type { Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { OutboxItem, TaskKey } from '../../store/index.ts'

export interface BulkSenderInit {
  site: SiteId
  slots: Slots
  atHand: AtHand
  settle: Settle
  /** Jobs ended; `skipped`: some items found no room here and must be looked for again */
  onRoom(skipped: boolean): void
}

interface Job {
  item: OutboxItem
  state: 'queued' | 'running' | 'later'
  attempts: number
  note: string
  timer?: Timer
  readonly abort: AbortController
  /** For the first try; the body is read from the store for others */
  content?: Committed
}

/**
 * Large envelopes for one site, each over a channel of its own beside the control
 * link, so that a small one never waits for them. A cut resumes where the recipient
 * stands: the same envelope sealed again for the same key is the same bytes.
 */
export class BulkSender {
  readonly #context: DeliveryContext
  readonly #init: BulkSenderInit
  readonly #jobs = new Map<string, Job>()
  readonly #running = new Set<Promise<void>>()
  #skipped = false

  constructor (context: DeliveryContext, init: BulkSenderInit) {
    this.#context = context
    this.#init = init
  }

  get idle (): boolean {
    return this.#jobs.size === 0 && !this.#skipped
  }

  has (item: OutboxItem): boolean {
    return this.#jobs.has(hex(item.envelopeId))
  }

  add (item: OutboxItem, content?: Committed): void {
    if (this.#jobs.size >= MAX_BULK_QUEUE) {
      this.#skipped = true
    } else if (!this.has(item)) {
      this.#jobs.set(hex(item.envelopeId), { item, state: 'queued', attempts: 0, note: 'waits for a bulk channel', abort: new AbortController(), content: this.#init.atHand.keep(content) })
    }

    this.run()
  }

  run (): void {
    if (!this.#context.links.isUp(this.#init.site)) {
      return
    }

    for (const job of this.#jobs.values()) {
      if (this.#running.size >= BULK_PER_SITE) {
        return
      }

      if (job.state === 'queued') {
        job.state = 'running'
        const running: Promise<void> = this.#send(job).finally(() => {
          this.#running.delete(running)
          this.run()
        })
        this.#running.add(running)
      }
    }
  }

  restart (): void {
    for (const job of this.#jobs.values()) {
      job.timer?.cancel()
      job.abort.abort(new Error('the link is gone'))
      this.#drop(job)
    }

    this.#jobs.clear()
    this.#skipped = false
  }

  async stop (): Promise<void> {
    this.restart()
    await Promise.all(this.#running)
  }

  settled (envelopeId: Uint8Array): void {
    this.#forget(hex(envelopeId))
  }

  refusedForNow (envelopeId: Uint8Array, reason: string): void {
    const job = this.#jobs.get(hex(envelopeId))

    if (job != null) {
      this.#later(job, `refused for now: ${reason}`)
    }
  }

  note (task: TaskKey): string | undefined {
    for (const { item, note } of this.#jobs.values()) {
      if (item.task.creator === task.creator && item.task.id === task.id) {
        return note
      }
    }
  }

  async #send (job: Job): Promise<void> {
    const { log } = this.#context
    const { site, slots, settle } = this.#init
    const release = await slots.take()
    let sent = false

    try {
      const prepared = job.abort.signal.aborted ? undefined : await prepare(this.#context, job.item, job.content)

      if (prepared == null || prepared.kind === 'gone') {
        this.#forget(hex(job.item.envelopeId), job)
      } else if (prepared.kind === 'no-key') {
        this.#later(job, 'no encryption key of the site is known here yet')
      } else if (prepared.kind === 'small') {
        throw new Error('a large body became a small envelope')
      } else {
        const receipts = await sendBulk(this.#context, {
          site,
          sealed: prepared.sealed,
          signal: job.abort.signal,
          onProgress: (chunk) => { job.note = `on its way: ${chunk} of ${prepared.sealed.chunks} chunks` }
        })
        sent = true
        await settle(site, receipts)
      }
    } catch (err) {
      log.debug({ err, site, task: job.item.task.id }, 'a bulk channel ended early, it will resume')
      this.#later(job, 'the bulk channel was cut: it will go on from there')
    } finally {
      release()
      this.#drop(job, sent)
    }

    if (job.state === 'running') {
      // answered, but not by a receipt that settles it
      this.#later(job, 'no valid receipt came back')
    }
  }

  #later (job: Job, note: string): void {
    if (this.#jobs.get(hex(job.item.envelopeId)) !== job) {
      return
    }

    job.attempts++
    job.state = 'later'
    job.note = note
    job.timer?.cancel()
    this.#drop(job)
    job.timer = this.#context.clock.setTimeout(() => {
      job.state = 'queued'
      this.run()
    }, backoff(job.attempts, this.#context.random))
  }

  #drop (job: Job, sent: boolean = false): void {
    this.#init.atHand.drop(job.content, sent)
    job.content = undefined
  }

  #forget (id: string, only?: Job): void {
    const job = this.#jobs.get(id)

    if (job == null || (only != null && only !== job)) {
      return
    }

    job.timer?.cancel()
    this.#jobs.delete(id)

    if (job.state !== 'running') {
      this.#drop(job)
    }

    if (this.#skipped && this.#jobs.size <= MAX_BULK_QUEUE / 2) {
      this.#skipped = false
      this.#init.onRoom(true)
    } else if (this.#jobs.size === 0) {
      this.#init.onRoom(false)
    }
  }
}
