import { parseId } from '../core/ids.ts'
import { WorkersAnswer, WorkersQuestion } from '../protocols/control/pb/control.ts'
import { allows } from './leases.ts'
import { ANSWER_TIMEOUT, ASK_WORKERS, FINE, MAX_CAPABILITIES, MAX_LEASE, MAX_PENDING, MAX_WORKERS } from './limits.ts'
import type { WorkerLease } from './index.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Roster } from '../membership/index.ts'
import type { Links } from '../network/index.ts'
import type { Answer } from '../protocols/control/pb/control.ts'

export interface AskerComponents {
  network: string
  roster: Pick<Roster, 'member' | 'standing'>
  links: Links
  clock: Clock
  log: Log
}

interface Pending {
  site: SiteId
  resolve(answer: Answer | undefined): void
}

/** The asking side: a site's own live word about its workers, or nothing */
export class Asker {
  readonly #components: AskerComponents
  readonly #pending = new Map<number, Pending>()
  #lastId = 0

  constructor (components: AskerComponents) {
    this.#components = components
  }

  /** Undefined when the site did not answer in time */
  async ask (site: SiteId, capability: string, signal: AbortSignal): Promise<WorkerLease[] | undefined> {
    if (this.#pending.size >= MAX_PENDING || signal.aborted) {
      return
    }

    const answer = await this.#question(site, capability, signal)

    if (answer == null || answer.code !== FINE) {
      return
    }

    return this.#believed(site, capability, answer.body)
  }

  /** An answer counts only from the site that was asked */
  answered (site: SiteId, answer: Answer): void {
    const pending = this.#pending.get(answer.id)

    if (pending?.site === site) {
      pending.resolve(answer)
    }
  }

  async #question (site: SiteId, capability: string, signal: AbortSignal): Promise<Answer | undefined> {
    const { links, clock } = this.#components
    const id = ++this.#lastId
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>()
    const giveUp = (): void => { resolve(undefined) }
    const send = (): boolean => links.send(site, { ask: { id, kind: ASK_WORKERS, body: WorkersQuestion.encode({ capability }) } })
    const timer = clock.setTimeout(giveUp, ANSWER_TIMEOUT)
    const up = links.linkUp.subscribe((other) => {
      if (other === site) {
        send()
      }
    })
    signal.addEventListener('abort', giveUp)
    this.#pending.set(id, { site, resolve })

    if (!send()) {
      links.want(site)
    }

    try {
      return await promise
    } finally {
      timer.cancel()
      up()
      signal.removeEventListener('abort', giveUp)
      this.#pending.delete(id)
    }
  }

  /** Apps of that site only, with what its admission lets it announce */
  #believed (site: SiteId, capability: string, body: Uint8Array): WorkerLease[] | undefined {
    const { network, roster, clock, links, log } = this.#components
    let workers: WorkerLease[]

    try {
      workers = WorkersAnswer.decode(body, { limits: { workers: MAX_WORKERS, workers$: { capabilities: MAX_CAPABILITIES } } }).workers
    } catch (err) {
      log.warn({ err, site }, 'a site answered a question about workers with what does not decode')
      return
    }

    const now = clock.now()
    const offset = links.clockOffset(site)

    return workers
      .filter(({ app }) => parseId(app, network)?.kind === 'app' && parseId(app, network)?.siteId === site)
      .map(({ app, capabilities, until }) => ({
        app,
        capabilities: capabilities.filter((name) => allows(roster, site, name)),
        // said by its clock, told by ours; it answered now, so it lives now
        until: Math.max(now, Math.min(until - offset, now + MAX_LEASE))
      }))
      .filter(({ capabilities }) => capabilities.includes(capability))
  }
}
