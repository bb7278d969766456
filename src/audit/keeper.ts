import { EVENTS_KEPT, MAX_EVENTS, PURGE_EVENTS, PURGE_EVERY, SIGN_AFTER, UNSIGNED } from './index.ts'
import { signChain } from './sign.ts'
import type { SignComponents } from './sign.ts'
import type { Config } from '../config/index.ts'
import type { Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Store } from '../store/index.ts'

export interface KeeperComponents extends SignComponents {
  store: Pick<Store, 'onNews' | 'auditHead' | 'putCheckpoint' | 'purgeJournal'>
  config: Pick<Config, 'audit'>
  log: Log
}

/** Signs the chain soon after it grew, and forgets what is too old, in steps */
export class Keeper {
  readonly #components: KeeperComponents
  #signed = 0
  #signing: Promise<void> = Promise.resolve()
  #soon?: Timer
  #later?: Timer
  #purging: Promise<void> = Promise.resolve()
  #unsubscribe?: () => void
  #stopped = true

  constructor (components: KeeperComponents) {
    this.#components = components
  }

  start (): void {
    const { store } = this.#components
    this.#stopped = false
    this.#unsubscribe = store.onNews(({ audit }) => { this.#grown(audit) })
    // what an earlier run left without a signature
    this.#signSoon()
    this.#purgeLater()
  }

  async stop (): Promise<void> {
    if (this.#stopped) {
      return
    }

    this.#stopped = true
    this.#unsubscribe?.()
    this.#soon?.cancel()
    this.#later?.cancel()
    await this.#purging
    await this.#signNow()
  }

  /** One at a time */
  async #signNow (): Promise<void> {
    this.#signing = this.#signing.then(async () => this.#sign())

    return this.#signing
  }

  async #sign (): Promise<void> {
    try {
      this.#signed = await signChain(this.#components)
    } catch (err) {
      this.#components.log.error({ err }, 'the audit log could not be signed; it is tried again with the next entry')
    }
  }

  #grown (n: number): void {
    if (n - this.#signed >= UNSIGNED) {
      // until that is done, more entries start no other
      this.#signed = n
      void this.#signNow()
    } else if (n > 0) {
      this.#signSoon()
    }
  }

  #signSoon (): void {
    this.#soon ??= this.#components.clock.setTimeout(() => {
      this.#soon = undefined
      void this.#signNow()
    }, SIGN_AFTER)
  }

  #purgeLater (): void {
    if (!this.#stopped) {
      this.#later = this.#components.clock.setTimeout(() => {
        this.#purging = this.#purge().finally(() => { this.#purgeLater() })
      }, PURGE_EVERY)
    }
  }

  async #purge (): Promise<void> {
    const { store, clock, config: { audit }, log } = this.#components

    try {
      const now = clock.now()
      const limits = { now, eventsBefore: now - EVENTS_KEPT, maxEvents: MAX_EVENTS, auditBefore: now - audit.keep, maxEntries: audit.maxEntries, limit: PURGE_EVENTS }

      while (!this.#stopped && await store.purgeJournal(limits)) {
        // a commit each: everybody else gets in between
      }
    } catch (err) {
      log.error({ err }, 'old events and audit entries could not be forgotten; it is tried again')
    }
  }
}
