import { StoreError } from './errors.ts'
import type { Operation } from './operations.ts'
import type { Reserve } from './reserve.ts'

/** How often a full disk is looked at again, ms */
const LOOK_AGAIN = 250

/**
 * What adds to the store. It is refused while the disk is full; the rest, which frees
 * room or ends what is under way, may use the reserve.
 */
const ADDING: ReadonlySet<string> = new Set<Operation>([
  'createTask', 'receiveTask', 'putResult', 'answerTask', 'receiveResult', 'createBlob', 'appendBlob', 'beginUpload', 'appendUpload', 'completeUpload', 'beginInbound', 'appendInbound', 'addApp', 'createInvite', 'redeemInvite'
])

export interface DiskComponents {
  /** Absent: each call is tried, and the first that finds room ends the trouble */
  reserve?: Reserve
  /** Gives back what can be given back */
  makeRoom?(): void
  /** Nothing is acknowledged any more: to be remembered for the next start. False when it could not be; asked again then */
  onFailed?(error: StoreError): boolean
  /** ms, rising. @default performance.now */
  monotonic?(): number
}

/**
 * What is known of the disk. Full: nothing is added until there is room again, which
 * it notices by itself. Failed, by fsync, read, write or damage: nothing more is
 * written until a restart has checked the file, since nobody knows what the disk holds.
 */
export class Disk {
  readonly #components: DiskComponents
  readonly #monotonic: () => number
  #trouble: StoreError | undefined
  /** Room comes back only when the reserve does */
  #latched = false
  #looked = 0
  #remembered = true

  constructor (components: DiskComponents = {}) {
    this.#components = components
    this.#monotonic = components.monotonic ?? (() => performance.now())

    if (components.reserve?.regain() === false) {
      this.#trouble = new StoreError('STORE_FULL', 'there is hardly any space left on the disk: nothing is accepted until there is room again')
      this.#latched = true
    }
  }

  get trouble (): StoreError | undefined {
    return this.#trouble
  }

  /** Full, and whether there is room again shows only by trying */
  get mustTry (): boolean {
    return this.#trouble?.code === 'STORE_FULL' && !this.#latched
  }

  /** Before a batch */
  look (): void {
    if ((this.#remembered && !this.#latched) || this.#trouble == null || this.#monotonic() - this.#looked < LOOK_AGAIN) {
      return
    }

    this.#looked = this.#monotonic()

    if (this.#trouble.code !== 'STORE_FULL') {
      this.#remembered = this.#components.onFailed?.(this.#trouble) ?? true
    } else if (this.#components.reserve?.regain() === true) {
      this.#trouble = undefined
      this.#latched = false
    }
  }

  /** Why this transition is not tried */
  refusal (operation: Operation): StoreError | undefined {
    if (this.#trouble == null || (this.#trouble.code === 'STORE_FULL' && !(this.#latched && ADDING.has(operation)))) {
      return
    }

    return this.#trouble
  }

  /** A transition was committed */
  worked (): void {
    if (this.mustTry) {
      this.#trouble = undefined
    }
  }

  noticed (error: unknown): void {
    if (!(error instanceof StoreError) || (this.#trouble != null && this.#trouble.code !== 'STORE_FULL')) {
      return
    }

    if (error.code === 'STORE_FULL') {
      this.#full(error)
    } else if (error.code === 'STORE_FAILED' || error.code === 'STORE_IO' || error.code === 'STORE_CORRUPT') {
      this.#trouble = error
      this.#remembered = this.#components.onFailed?.(error) ?? true
    }
  }

  #full (error: StoreError): void {
    const first = this.#trouble == null
    this.#trouble ??= error

    if (!first) {
      return
    }

    this.#latched = this.#components.reserve?.release() ?? false

    try {
      this.#components.makeRoom?.()
    } catch (more) {
      // that there is no room is known already
      this.noticed(more)
    }
  }
}
