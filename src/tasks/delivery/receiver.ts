import { BoundedMap } from '../../core/bounded-map.ts'
import { createCheck } from '../../envelope/check.ts'
import { decodeSmall } from '../../envelope/decode.ts'
import { EnvelopeError } from '../../envelope/errors.ts'
import { CLOCK_SKEW } from '../../envelope/index.ts'
import { keepBytes } from '../body.ts'
import { accept, admit, CLOCKS_DIFFER, dedupUntil, NOT_ALLOWED, PAUSED } from './accept.ts'
import { BulkPlaces } from './bulk-places.ts'
import { hex } from './context.ts'
import { MAX_IN_WORK, PACE } from './limits.ts'
import { Pace } from './pace.ts'
import { ReceiptsOut } from './receipts-out.ts'
import { receiveBulk } from './receive-bulk.ts'
import { Refusals } from './refusals.ts'
import { Turns } from './turns.ts'
import type { AcceptContext, Verdict } from './accept.ts'
import type { Settle } from './settle.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Check, EnvelopeComponents, LabelView } from '../../envelope/index.ts'
import type { BulkChannel } from '../../network/index.ts'

export interface ReceiverInit {
  envelopes: EnvelopeComponents
  settle: Settle
}

/** Reason of a receipt when the disk, or this daemon, cannot take it now */
const UNAVAILABLE = 'unavailable'
const BUSY = 'busy'

/** Answered envelopes whose ids are kept in memory, of all sites together. @default 16_384 */
const MAX_ANSWERED = 16_384

/**
 * The receiving side: every envelope passes the checks in the documented order, then
 * policy and limits, then one commit; only then its receipt leaves. What is refused
 * is counted and logged with the reason and never reaches an app.
 */
export class Receiver {
  readonly refusals: Refusals
  readonly #context: AcceptContext
  readonly #init: ReceiverInit
  readonly #check: Check
  readonly #receipts: ReceiptsOut
  /**
   * Envelopes being dealt with, by sender and id: a copy that comes meanwhile is dropped.
   * Before the signature was verified, also by who brought it: a label alone must not
   * stand in the way of the envelope that it was copied from.
   */
  readonly #inWork = new Map<string, SiteId>()
  /** Small envelopes answered for good since the start, newest last: for others the store need not be asked before they are checked */
  readonly #answered = new BoundedMap<string, true>(MAX_ANSWERED)
  /** By who brought them: whoever the label names need not know of it */
  readonly #perLink = new Map<SiteId, number>()
  readonly #pace: Pace
  readonly #turns: Turns
  readonly #bulkPlaces: BulkPlaces
  readonly #running = new Set<Promise<void>>()
  readonly #end: () => void
  /** Links may bring something before the rest of the daemon stands: it waits */
  readonly #ready = Promise.withResolvers<void>()
  #stopped = false

  constructor (context: AcceptContext, init: ReceiverInit) {
    this.#context = context
    this.#init = init
    this.#check = createCheck(init.envelopes)
    this.#receipts = new ReceiptsOut(context)
    this.refusals = new Refusals(context)
    this.#bulkPlaces = new BulkPlaces(context.clock)
    this.#pace = new Pace(context.clock)
    this.#turns = new Turns(context.clock)
    context.links.handleBulk(async (site, channel) => this.#bulk(site, channel))
    this.#end = context.links.frames.subscribe(({ site, frame, done }) => {
      if (frame.envelope.byteLength > 0) {
        this.#track(this.#envelope(site, frame.envelope).then(() => {}).finally(() => { this.#pace.after(site, done) }))
      } else if (frame.receipts.byteLength > 0) {
        this.#track(this.#settle(site, frame.receipts).finally(() => { this.#pace.after(site, done) }))
      }
    })
  }

  start (): void {
    this.#ready.resolve()
  }

  /** Takes nothing new; what is being stored is finished */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#end()
    this.#ready.resolve()
    await Promise.all(this.#running)
  }

  /** Mail that `via` kept: judged and answered as any other; undefined for what is not answered, but for what opens for nobody */
  async small (via: SiteId, bytes: Uint8Array): Promise<Verdict | 'unopenable' | undefined> {
    const work = this.#envelope(via, bytes)
    this.#track(work.then(() => {}))

    return work
  }

  async bulk (via: SiteId, channel: BulkChannel): Promise<void> {
    return this.#bulk(via, channel)
  }

  #track (work: Promise<void>): void {
    this.#running.add(work)
    void work.finally(() => { this.#running.delete(work) })
  }

  async #settle (via: SiteId, signed: Uint8Array): Promise<void> {
    await this.#ready.promise

    try {
      await this.#init.settle(via, signed)
    } catch (err) {
      if (err instanceof EnvelopeError) {
        this.refusals.add(via, err.code, `receipts: ${err.message}`)
        this.#pace.wasted(via)
      } else {
        this.#context.log.error({ err, site: via }, 'receipts could not be written down: the envelopes are sent again')
      }
    }
  }

  async #envelope (via: SiteId, bytes: Uint8Array): Promise<Verdict | 'unopenable' | undefined> {
    await this.#ready.promise
    await this.#turns.enter(via)

    try {
      return await this.#take(via, bytes)
    } finally {
      this.#turns.leave(via)
    }
  }

  async #take (via: SiteId, bytes: Uint8Array): Promise<Verdict | 'unopenable' | undefined> {
    let label: LabelView | undefined

    if (this.#stopped) {
      return
    }

    try {
      const small = decodeSmall(bytes)
      label = small.head.label
      const verdict = await this.#once(via, label, async (label) => {
        const arrival = this.#arrival(via)
        const checked = await this.#check.small(small, { ...arrival, seen: (label) => this.#answered.get(keyOf(label)) == null ? undefined : arrival.seen(label) })

        if (checked.kind === 'duplicate') {
          this.#pace.wasted(via, PACE.repeat)

          return checked.seen
        }

        const { inner, body } = checked.opened

        const refused = await admit(this.#context, label, inner)

        if (refused != null) {
          // a repeat of what was stored before the start is answered as it was then
          return await arrival.seen(label) ?? refused
        }

        const stored = keepBytes(body, inner.bodySha256)
        // limits and disk took their time: judged by the roster as it is now
        this.#check.roster(label)

        return accept(this.#context, label, inner, stored)
      })

      if (verdict != null) {
        await this.#said(via, label, verdict)

        if (verdict.outcome !== 'for-now') {
          this.#answered.set(keyOf(label), true)
        }

        this.#receipts.add(label.from, { id: label.id, ...verdict })
      }

      return verdict
    } catch (err) {
      const verdict = await this.#refused(via, label, err)

      if (verdict != null && label != null) {
        this.#receipts.add(label.from, { id: label.id, ...verdict })
      }

      return verdict ?? (err instanceof EnvelopeError && err.code === 'unopenable' ? 'unopenable' : undefined)
    }
  }

  async #bulk (via: SiteId, channel: BulkChannel): Promise<void> {
    await this.#ready.promise

    if (this.#stopped) {
      channel.abort(new Error('this daemon is stopping'))
      return
    }

    const work = receiveBulk(this.#context, {
      channel,
      check: this.#check,
      arrival: this.#arrival(via),
      enter: (label) => this.#enterBulk(label, (reason) => { channel.abort(reason) }),
      said: async (label, verdict) => this.#said(via, label, verdict),
      sign: async (label, verdict) => this.#receipts.sign(label.from, [{ id: label.id, ...verdict }]),
      refuse: async (label, err) => this.#refused(via, label, err)
    })
    this.#track(work)
    await work
  }

  /** What leaves a place in the limits, or why there is none */
  #enterBulk (label: LabelView, cut: (reason: Error) => void): (() => void) | string {
    const key = keyOf(label)
    const leave = this.#inWork.has(key) ? undefined : this.#bulkPlaces.enter(label.from, cut)

    if (leave == null) {
      return BUSY
    }

    this.#inWork.set(key, label.from)

    return () => {
      this.#inWork.delete(key)
      leave()
    }
  }

  /** Undefined for what is not answered, as a copy of what is being dealt with: the first one is */
  async #once (via: SiteId, label: LabelView, work: (label: LabelView) => Promise<Verdict>): Promise<Verdict | undefined> {
    const key = `${via} ${keyOf(label)}`

    if (this.#inWork.has(key)) {
      return
    }

    const count = this.#perLink.get(via) ?? 0

    if (count >= MAX_IN_WORK) {
      if (via === label.from) {
        return { outcome: 'for-now', reason: BUSY, hash: label.hash }
      }

      // nothing proves yet that the site of the label wrote it
      this.refusals.add(via, BUSY, `envelope of ${label.from}`)

      return
    }

    this.#inWork.set(key, label.from)
    this.#perLink.set(via, count + 1)

    try {
      return await work(label)
    } finally {
      this.#inWork.delete(key)
      this.#perLink.set(via, (this.#perLink.get(via) ?? 1) - 1)
    }
  }

  #arrival (via: SiteId): { via: SiteId, now: number, seen(label: LabelView): Promise<Verdict | undefined> } {
    const { store, clock } = this.#context

    return {
      via,
      now: clock.now(),
      seen: async (label) => {
        const known = await store.findReceived({ envelopeId: label.id, site: label.from })

        return known == null ? undefined : { outcome: known.outcome === 0 ? 'stored' : 'for-good', reason: known.reason, hash: known.hash }
      }
    }
  }

  /** Counts a refusal that policy, limits or the store pronounced */
  async #said (via: SiteId, label: LabelView, verdict: Verdict): Promise<void> {
    if (verdict.outcome === 'stored') {
      return
    }

    this.refusals.add(via, verdict.reason, `envelope of ${label.from}`)

    if (verdict.reason === NOT_ALLOWED) {
      await this.#remember(label, verdict.reason)
    }
  }

  /**
   * What is answered when a check threw. Before the signature was verified nothing
   * proves who wrote the label: then only the site itself, over its own link, is told.
   */
  async #refused (via: SiteId, label: LabelView | undefined, err: unknown): Promise<Verdict | undefined> {
    if (!(err instanceof EnvelopeError)) {
      this.#context.log.error({ err, site: via }, 'an envelope could not be stored: its sender tries again')

      return label == null ? undefined : { outcome: 'for-now', reason: UNAVAILABLE, hash: label.hash }
    }

    // a repeat of what was stored before the start is answered as it was then
    const known = label == null || !proven(err) ? undefined : await this.#arrival(via).seen(label)

    if (known != null) {
      return known
    }

    const doubt = label == null || !UNPROVEN.has(err.code) ? undefined : this.#doubt(label)
    this.refusals.add(via, doubt ?? err.code, err.message)
    this.#pace.wasted(via)

    if (label != null && doubt != null && via === label.from) {
      return { outcome: 'for-now', reason: doubt, hash: label.hash }
    }

    if (label == null || err.reply === 'none' || (UNPROVEN.has(err.code) && via !== label.from)) {
      return
    }

    if (err.reply === 'for-good' && !UNPROVEN.has(err.code)) {
      await this.#remember(label, err.code)
    }

    return { outcome: err.reply, reason: err.code, hash: label.hash }
  }

  /** Why a clock may be wrong, ours or theirs: nothing is refused for good by it */
  #doubt ({ from }: LabelView): string | undefined {
    const { guard, links } = this.#context

    if (guard.paused() != null) {
      return PAUSED
    }

    return Math.abs(links.clockOffset(from)) > CLOCK_SKEW ? CLOCKS_DIFFER : undefined
  }

  /** So that a repeat is answered alike, without work */
  async #remember (label: LabelView, reason: string): Promise<void> {
    try {
      await this.#context.store.recordRefusal({ envelopeId: label.id, envelopeHash: label.hash, site: label.from, reason, dedupUntil: dedupUntil(label), now: this.#context.clock.now() })
    } catch (err) {
      this.#context.log.error({ err }, 'a refusal could not be written down: a repeat is checked again')
    }
  }
}

/** Codes of checks that come before the signature */
const UNPROVEN = new Set<string>(['expired', 'too-far-ahead'])

/** Whether the signature was found right before the check failed */
function proven (err: EnvelopeError): boolean {
  return err.reply !== 'none' && !UNPROVEN.has(err.code)
}

function keyOf (label: LabelView): string {
  return `${label.from}/${hex(label.id)}`
}
