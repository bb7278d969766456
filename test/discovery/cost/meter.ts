import { AbstractStream } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Count {
  messages: number
  bytes: number
}

/** Field of a Frame to its name; the numbers stand in control.proto */
const FRAMES = ['', 'hello', 'ping', 'pong', 'envelope', 'receipts', 'roster news', 'record vector', 'record news', 'ask', 'answer', 'bye']

/** Message.MessageType of the DHT */
const DHT_MESSAGES = ['PUT_VALUE', 'GET_VALUE', 'ADD_PROVIDER', 'GET_PROVIDERS', 'FIND_NODE', 'PING']

const NAMES: Record<string, string> = {
  '': 'choosing the protocol of a new stream',
  '/beam/sync/1.0.0': 'new connection: roster sync',
  '/ipfs/id/1.0.0': 'new connection: identify',
  '/ipfs/ping/1.0.0': 'DHT: is a newly heard of server there',
  '/libp2p/circuit/relay/0.2.0/hop': 'relay: reservations, and circuits with what is in them',
  '/libp2p/circuit/relay/0.2.0/stop': 'relay: circuits with what is in them, second half'
}

/**
 * Counts what every stream of this process sends, by what it is for: before Yamux,
 * Noise, TCP and IP add theirs. It takes the place of a method that all streams share.
 */
export class Meter {
  readonly #kinds = new Map<string, Count>()
  readonly #send = AbstractStream.prototype.send

  constructor () {
    const send = this.#send
    const see = (stream: AbstractStream, data: Uint8Array | Uint8ArrayList): void => { this.#see(stream, data) }

    AbstractStream.prototype.send = function (this: AbstractStream, data: Uint8Array | Uint8ArrayList): boolean {
      see(this, data)

      return send.call(this, data)
    }
  }

  stop (): void {
    AbstractStream.prototype.send = this.#send
  }

  reset (): void {
    this.#kinds.clear()
  }

  /** The dearest first */
  get kinds (): Array<Count & { kind: string }> {
    return [...this.#kinds].map(([kind, count]) => ({ kind, ...count })).sort((a, b) => b.bytes - a.bytes)
  }

  #see ({ protocol, direction }: AbstractStream, data: Uint8Array | Uint8ArrayList): void {
    if (protocol.startsWith('/beam/control/')) {
      for (const { first, size } of messagesOf(data.subarray())) {
        this.#add(`link: ${FRAMES[first >> 3] ?? 'unknown'}`, size)
      }
    } else if (protocol.startsWith('/beam/kad/')) {
      for (const { type, size } of messagesOf(data.subarray())) {
        this.#add(`DHT: ${DHT_MESSAGES[type] ?? 'unknown'}, ${direction === 'outbound' ? 'question' : 'answer'}`, size)
      }
    } else {
      this.#add(NAMES[protocol] ?? protocol, data.byteLength)
    }
  }

  #add (kind: string, bytes: number): void {
    const count = this.#kinds.get(kind) ?? { messages: 0, bytes: 0 }
    count.messages++
    count.bytes += bytes
    this.#kinds.set(kind, count)
  }
}

/** Messages with their length before them; nothing idle is longer than one write */
function * messagesOf (bytes: Uint8Array): Generator<{ first: number, type: number, size: number }> {
  for (let at = 0; at < bytes.byteLength;) {
    let length = 0
    let prefix = 0

    for (let more = true; more; prefix++) {
      const byte = bytes[at + prefix]
      length += (byte & 0x7f) * 2 ** (7 * prefix)
      more = byte >= 0x80
    }

    // field 1 of a message of the DHT is its type; absent for 0
    const first = bytes[at + prefix]
    yield { first, type: first === 0x08 ? bytes[at + prefix + 1] : 0, size: prefix + length }
    at += prefix + length
  }
}
