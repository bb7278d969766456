import { setTimeout as sleep } from 'node:timers/promises'
import { controlClient } from '../control/client.ts'
import { startDaemon } from './daemon-process.ts'
import type { LabEvent, LabSite } from './interface.ts'
import type { Operator, StatusView } from '../control/index.ts'
import type { SiteId } from '../core/ids.ts'

/** How often a site that we did not start ourselves is looked at, ms */
const WATCH = 300

/** A daemon drains within 10 s; a little more for a slow machine, ms */
const DRAIN = 12_000

const STEP = 50

export interface LabDaemonInit {
  id: SiteId
  dir: string
  /** @default the one beside this module */
  bin?: string
  onEvent(event: LabEvent): void
  /** Ends what is just starting */
  signal?: AbortSignal
}

/** One site of the lab: the process that serves it, whoever started it */
export class LabDaemon {
  readonly id: SiteId
  readonly dir: string
  readonly operator: Operator
  readonly #bin?: string
  readonly #onEvent: (event: LabEvent) => void
  readonly #signal?: AbortSignal
  #pid = 0
  #api = ''
  #up = false
  #starting = false
  #stopping = false
  #watching = false

  constructor ({ id, dir, bin, onEvent, signal }: LabDaemonInit) {
    this.id = id
    this.dir = dir
    this.#bin = bin
    this.operator = controlClient(dir)
    this.#onEvent = onEvent
    this.#signal = signal
  }

  get up (): boolean {
    return this.#up
  }

  view (): LabSite {
    return { id: this.id, api: this.#api, pid: this.#pid, dir: this.dir }
  }

  async start (): Promise<void> {
    this.#starting = true

    try {
      const daemon = await startDaemon(this.dir, this.#signal, this.#bin)

      this.#pid = daemon.pid
      this.#api = daemon.line.api
      this.#up = true
      this.#tell('started', `serves ${this.#api} (process ${this.#pid})`)
      void daemon.ended.then(how => { this.#ended(how) })
    } finally {
      this.#starting = false
    }
  }

  /** Resolves when a signal that ends a process has ended it */
  async kill (signal: NodeJS.Signals): Promise<void> {
    signalProcess(this.#pid, signal)

    if (['SIGKILL', 'SIGTERM', 'SIGINT'].includes(signal)) {
      await this.#gone(DRAIN)
    }
  }

  /** Drains, then insists; also a daemon that was started from outside */
  async stop (): Promise<void> {
    this.#stopping = true

    if (!this.#up) {
      // somebody may have started it since it was last looked at
      const status = await this.#status()

      if (status == null) {
        return
      }

      this.#pid = status.pid
    }

    signalProcess(this.#pid, 'SIGTERM')

    if (!await this.#gone(DRAIN)) {
      signalProcess(this.#pid, 'SIGKILL')
      await this.#gone(DRAIN)
    }
  }

  async #gone (patience: number): Promise<boolean> {
    for (let waited = 0; waited < patience; waited += STEP) {
      if (!isAlive(this.#pid)) {
        this.#up = false
        return true
      }

      await sleep(STEP)
    }

    return false
  }

  #ended (how: string): void {
    this.#up = false

    if (this.#stopping) {
      return
    }

    this.#tell('ended', `${how}; start it again with: beam-node start --dir ${this.dir}`)
    void this.#watch()
  }

  /** Notices when somebody else starts the daemon, and when that one ends */
  async #watch (): Promise<void> {
    if (this.#watching) {
      return
    }

    this.#watching = true

    while (!this.#stopping) {
      await sleep(WATCH, undefined, { ref: false })

      if (this.#stopping || (this.#up && isAlive(this.#pid))) {
        continue
      }

      if (this.#up) {
        this.#up = false
        this.#tell('ended', `ended; start it again with: beam-node start --dir ${this.dir}`)
      }

      const status = await this.#status()

      // our own start() tells about itself
      if (status != null && !this.#up && !this.#starting) {
        this.#pid = status.pid
        this.#api = status.api
        this.#up = true
        this.#tell('back', `is back, serves ${this.#api} (process ${this.#pid})`)
      }
    }
  }

  async #status (): Promise<StatusView | undefined> {
    try {
      return await this.operator.status()
    } catch {
      // not running, or not yet: asked again soon
      return undefined
    }
  }

  #tell (kind: LabEvent['kind'], text: string): void {
    this.#onEvent({ kind, site: this.id, text: `${this.id} ${text}` })
  }
}

function signalProcess (pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (err) {
    // it ended in between
    if ((err as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw err
    }
  }
}

function isAlive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // no such process
    return false
  }
}
