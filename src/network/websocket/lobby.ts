import { ipPortToMultiaddr } from '@libp2p/utils'
import { hostOf } from '../../protocols/host-of.ts'
import { MAX_PENDING } from '../constants.ts'
import { UPGRADE_TIMEOUT } from './constants.ts'
import type { Socket } from 'node:net'

/** Where a socket comes from; TLS over it says the same */
type From = Pick<Socket, 'remoteAddress' | 'remotePort'>

export interface LobbyInit {
  /** ms. @default UPGRADE_TIMEOUT */
  time?: number
  /** @default MAX_PENDING */
  limit?: number
}

interface Guest {
  socket: Socket
  host: string
  timer: NodeJS.Timeout
}

/**
 * Connections to a listener for WebSockets that did not ask for one yet. Nothing ends
 * them there: the HTTP server, which has time limits, never listens itself. Each has
 * little time, and when there are too many the oldest of the address that has most of
 * them goes, as in the waiting room that comes next.
 */
export class Lobby {
  readonly #time: number
  readonly #limit: number
  readonly #guests = new Map<string, Guest>()

  constructor ({ time = UPGRADE_TIMEOUT, limit = MAX_PENDING }: LobbyInit = {}) {
    this.#time = time
    this.#limit = limit
  }

  get size (): number {
    return this.#guests.size
  }

  enter (socket: Socket): void {
    const { remoteAddress, remotePort } = socket

    // gone before anybody looked
    if (remoteAddress == null || remotePort == null) {
      socket.destroy()
      return
    }

    while (this.#guests.size >= this.#limit) {
      this.#end(this.#oldestOfTheCrowd())
    }

    const key = keyOf(socket)
    const timer = setTimeout(() => { this.#end(key) }, this.#time)
    timer.unref()
    this.#guests.set(key, { socket, host: hostOf(ipPortToMultiaddr(remoteAddress, remotePort)), timer })
    socket.once('close', () => { this.#forget(key, socket) })
  }

  /** It is a WebSocket now */
  left (from: From): void {
    this.#forget(keyOf(from))
  }

  /** The listener closes, which waits for them */
  close (): void {
    [...this.#guests.keys()].forEach(key => { this.#end(key) })
  }

  #end (key: string): void {
    this.#guests.get(key)?.socket.destroy()
    this.#forget(key)
  }

  #forget (key: string, socket?: Socket): void {
    const guest = this.#guests.get(key)

    if (guest != null && (socket == null || guest.socket === socket)) {
      clearTimeout(guest.timer)
      this.#guests.delete(key)
    }
  }

  #oldestOfTheCrowd (): string {
    const crowds = new Map<string, string[]>()

    for (const [key, { host }] of this.#guests) {
      crowds.set(host, [...crowds.get(host) ?? [], key])
    }

    const [[oldest]] = [...crowds.values()].sort((a, b) => b.length - a.length)

    return oldest
  }
}

function keyOf ({ remoteAddress, remotePort }: From): string {
  return `${remoteAddress} ${remotePort}`
}
