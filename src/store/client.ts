import { ConflictError } from '../core/errors.ts'
import { StoreError } from './errors.ts'
import { fromWire, pack } from './messages.ts'
import type { Call, FromWorker, Reply, ToWorker, WireError } from './messages.ts'
import type { StoreObserver } from './observer.ts'
import type { Operation } from './operations.ts'
import type { StoreNews } from './types/journal.ts'
import type { Log } from '../core/log.ts'
import type { Worker } from 'node:worker_threads'

/** Most calls in one batch: bounds how long one commit holds up the next. @default 512 */
const MAX_CALLS = 512

/** Most bytes of bodies in one batch, at least one call goes. @default 8 MiB */
const MAX_BYTES = 8_388_608

/**
 * Nobody waits for these: they wait for others to share a commit with, at most
 * `UNHURRIED_FOR` ms. With one task at a time a third of all fsyncs would be theirs.
 */
const UNHURRIED: ReadonlySet<Operation> = new Set<Operation>(['settleDelivery'])

/** @default 10 ms */
const UNHURRIED_FOR = 10

/** How often a full disk is asked for room when nobody calls, ms */
const PROBE_EVERY = 500

interface BackupRun {
  progress(done: number, total: number): void
  resolve(): void
  reject(error: Error): void
}

interface Pending {
  call: Call
  transfer: ArrayBuffer[]
  bytes: number
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * The main thread's side of the worker. Calls of one tick leave as one message; one
 * batch is with the worker at a time, and while it commits the next one gathers.
 */
export class BatchClient {
  readonly #worker: Worker
  readonly #log: Log
  readonly #observer?: StoreObserver
  #queue: Pending[] = []
  #flying: Pending[] = []
  /** When they left, by the monotonic clock */
  #posted = 0
  #scheduled = false
  /** Runs while all that is queued can wait */
  #patience: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined
  #drained: (() => void) | undefined
  /** Why nothing works any more */
  #dead: StoreError | undefined
  /** What the store's thread says of the disk; each condition is logged once */
  #trouble: WireError | undefined
  #probe: NodeJS.Timeout | undefined
  #backup: BackupRun | undefined
  readonly #listeners = new Set<(news: StoreNews) => void>()

  constructor (worker: Worker, log: Log, observer?: StoreObserver, trouble?: WireError) {
    this.#worker = worker
    this.#log = log
    this.#observer = observer
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'done') {
        this.#settle(message.replies)
        this.#report(message.trouble)
        this.#tell(message.news)
      } else if (message.kind === 'probed') {
        this.#report(message.trouble)
      } else if (message.kind === 'backup') {
        this.#backedUp(message)
      }
    })
    worker.on('error', (error) => {
      this.#die(new StoreError('STORE_FAILED', `the store's thread ended (${error.message}): nothing more is acknowledged; restart`, { cause: error }))
    })
    worker.on('exit', () => {
      this.#die(new StoreError(this.#closing == null ? 'STORE_FAILED' : 'STORE_CLOSED', 'the store\'s thread ended'))
    })
    this.#report(trouble)
  }

  async call (operation: Operation, input: unknown): Promise<unknown> {
    if (this.#closing != null) {
      throw new StoreError('STORE_CLOSED', 'the store is closed')
    }

    if (this.#dead != null) {
      throw this.#dead
    }

    const { value, transfer, bytes } = pack(input, true)

    return new Promise((resolve, reject) => {
      this.#queue.push({ call: { operation, input: value }, transfer, bytes, resolve, reject })
      this.#schedule()
    })
  }

  /** Told after a commit; returns what ends it */
  onNews (listener: (news: StoreNews) => void): () => void {
    this.#listeners.add(listener)

    return () => { this.#listeners.delete(listener) }
  }

  #tell (news: StoreNews | undefined): void {
    if (news != null) {
      this.#listeners.forEach(listener => { listener(news) })
    }
  }

  /** Why nothing more is acknowledged */
  trouble (): { code: string, message: string } | undefined {
    const { code, message } = this.#dead ?? this.#trouble ?? {}

    return code == null || message == null ? undefined : { code, message }
  }

  /** A consistent copy of the database in a new file; one at a time */
  async backup (to: string, progress: (done: number, total: number) => void): Promise<void> {
    if (this.#dead != null || this.#closing != null) {
      throw this.#dead ?? new StoreError('STORE_CLOSED', 'the store is closed')
    }

    if (this.#backup != null) {
      throw new ConflictError('a backup is under way already: wait until it is done')
    }

    await new Promise<void>((resolve, reject) => {
      this.#backup = { progress, resolve, reject }
      this.#post({ kind: 'backup', to }, [])
    })
  }

  /** Finishes what was called, then closes the file */
  async close (): Promise<void> {
    this.#closing ??= this.#close()

    return this.#closing
  }

  async #close (): Promise<void> {
    clearTimeout(this.#probe)

    if (this.#queue.length > 0 || this.#flying.length > 0) {
      this.#schedule()
      await new Promise<void>(resolve => { this.#drained = resolve })
    }

    if (this.#dead == null) {
      const exit = new Promise(resolve => this.#worker.once('exit', resolve))
      this.#post({ kind: 'close' }, [])
      await exit
    }
  }

  #schedule (): void {
    if (this.#scheduled || this.#flying.length > 0 || this.#queue.length === 0) {
      return
    }

    if (this.#closing == null && this.#queue.length < MAX_CALLS && this.#queue.every(({ call }) => UNHURRIED.has(call.operation))) {
      this.#patience ??= setTimeout(() => { this.#soon() }, UNHURRIED_FOR)
    } else {
      this.#soon()
    }
  }

  /** At the end of this turn of the event loop: everything that became ready in it shares the commit */
  #soon (): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush (): void {
    if (this.#dead != null) {
      return
    }

    let bytes = 0
    let count = 0

    while (count < Math.min(this.#queue.length, MAX_CALLS) && (count === 0 || bytes + this.#queue[count].bytes <= MAX_BYTES)) {
      bytes += this.#queue[count++].bytes
    }

    this.#posted = performance.now()
    this.#flying = this.#queue.slice(0, count)
    this.#queue = this.#queue.slice(count)
    this.#post({ kind: 'batch', calls: this.#flying.map(pending => pending.call) }, this.#flying.flatMap(pending => pending.transfer))
  }

  #post (message: ToWorker, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer)
  }

  #settle (replies: Reply[]): void {
    const flying = this.#flying
    this.#flying = []
    this.#observer?.batch(flying.map(({ call }) => call), replies, performance.now() - this.#posted)

    flying.forEach(({ resolve, reject }, i) => {
      const reply = replies[i]

      if (reply.ok) {
        resolve(reply.value)
      } else {
        reject(fromWire(reply.error))
      }
    })

    this.#schedule()
    this.#checkDrained()
  }

  #report (trouble: WireError | undefined): void {
    if (trouble != null && trouble.code !== this.#trouble?.code) {
      this.#log.error({ code: trouble.code }, trouble.message)
    } else if (trouble == null && this.#trouble != null) {
      this.#log.info({}, 'the disk has room again: the store takes everything')
    }

    this.#trouble = trouble
    this.#watchRoom()
  }

  /** A full disk is looked at again and again, also when nobody calls */
  #watchRoom (): void {
    clearTimeout(this.#probe)

    if (this.#trouble?.code === 'STORE_FULL' && this.#closing == null) {
      this.#probe = setTimeout(() => {
        if (this.#flying.length === 0 && this.#closing == null && this.#dead == null) {
          this.#post({ kind: 'probe' }, [])
        }
      }, PROBE_EVERY)
      this.#probe.unref()
    }
  }

  #backedUp ({ done, total, ended }: Extract<FromWorker, { kind: 'backup' }>): void {
    const run = this.#backup
    run?.progress(done, total)

    if (ended != null) {
      this.#backup = undefined

      if (ended.error == null) {
        run?.resolve()
      } else {
        run?.reject(fromWire(ended.error))
      }
    }
  }

  #checkDrained (): void {
    if (this.#queue.length === 0 && this.#flying.length === 0) {
      this.#drained?.()
    }
  }

  #die (error: StoreError): void {
    if (this.#dead != null) {
      return
    }

    this.#dead = error

    if (this.#closing == null) {
      this.#log.error({ code: error.code }, error.message)
      this.#observer?.died?.(error)
    }

    for (const { reject } of [...this.#flying, ...this.#queue]) {
      reject(error)
    }

    this.#flying = []
    this.#queue = []
    clearTimeout(this.#patience)
    this.#backup?.reject(error)
    this.#backup = undefined
    clearTimeout(this.#probe)
    this.#checkDrained()
  }
}
