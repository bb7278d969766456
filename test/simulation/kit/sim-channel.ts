import type { VirtualClock } from './virtual-clock.ts'
import type { BulkChannel } from '../../../src/network/index.ts'

export interface ChannelInit {
  clock: VirtualClock
  /** Asked at each message */
  cut(): boolean
  delay(): number
}

/** Messages in one direction that a reader has not taken */
const ROOM = 4

export class SimChannel implements BulkChannel {
  other?: SimChannel
  /** Called once when the channel is over, however it ended */
  readonly ended: Array<() => void> = []
  /** Bytes written at this end */
  written = 0
  readonly #init: ChannelInit
  readonly #inbox: Uint8Array[] = []
  #finished = false
  #error?: Error
  #wake: Array<() => void> = []

  constructor (init: ChannelInit) {
    this.#init = init
  }

  async write (...pieces: Uint8Array[]): Promise<void> {
    const message = Buffer.concat(pieces)

    if (this.#init.cut()) {
      this.cut()
    }

    await new Promise<void>((resolve) => { this.#init.clock.setTimeout(resolve, this.#init.delay()) })

    while (this.#error == null && this.other != null && this.other.#inbox.length >= ROOM) {
      await this.other.#change()
    }

    if (this.#error != null) {
      throw this.#error
    }

    this.written += message.byteLength
    this.other?.take(new Uint8Array(message))
  }

  async read (): Promise<Uint8Array | undefined> {
    while (this.#inbox.length === 0 && !this.#finished && this.#error == null) {
      await this.#change()
    }

    const message = this.#inbox.shift()
    this.#changed()

    if (message == null && this.#error != null) {
      throw this.#error
    }

    return message
  }

  async readPieces (): Promise<Uint8Array[] | undefined> {
    const message = await this.read()

    return message == null ? undefined : [message]
  }

  async close (): Promise<void> {
    if (this.other != null) {
      this.other.#finished = true
      this.other.#changed()
    }

    this.#over()
  }

  abort (error: Error): void {
    this.fail(error)
    this.other?.fail(new Error('the other side cut the channel'))
  }

  take (message: Uint8Array): void {
    this.#inbox.push(message)
    this.#changed()
  }

  cut (): void {
    this.abort(new Error('cut'))
  }

  fail (error: Error): void {
    this.#error ??= error
    this.#inbox.length = 0
    this.#changed()
    this.#over()
  }

  #over (): void {
    this.ended.splice(0).forEach((fn) => { fn() })
  }

  async #change (): Promise<void> {
    await new Promise<void>((resolve) => { this.#wake.push(resolve) })
  }

  #changed (): void {
    this.#wake.splice(0).forEach((wake) => { wake() })
  }
}

export function channelPair (init: ChannelInit): [SimChannel, SimChannel] {
  const a = new SimChannel(init)
  const b = new SimChannel(init)
  a.other = b
  b.other = a

  return [a, b]
}
