import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Part of all connections above which room is made for new ones */
export const CROWDED = 0.9

/**
 * Keeps places for apps that have a key. Any program on this machine can open
 * connections; when they become scarce, room is made by the larger of two groups: the
 * connection that has shown no key for longest, or that with a key which was idle for
 * longest. So a newcomer has time to show its key, and a held poll is never cut.
 */
export class Connections {
  readonly #crowd: number
  /** In the order in which they came */
  readonly #unproven = new Set<Socket>()
  /** With a key, answers under way; several when requests are pipelined */
  readonly #busy = new Map<Socket, number>()
  /** With a key and nothing under way, in the order in which they became so */
  readonly #idle = new Set<Socket>()
  #open = 0

  constructor (limit: number) {
    this.#crowd = Math.max(1, Math.floor(limit * CROWDED))
  }

  watch (server: Server, secure: boolean): void {
    server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => { this.#opened(socket) })
  }

  /** A right key came over it; `response` is the answer under way */
  proven (socket: Socket, response: ServerResponse): void {
    this.#unproven.delete(socket)
    this.#idle.delete(socket)
    this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1)
    response.once('close', () => { this.#answered(socket) })
  }

  #answered (socket: Socket): void {
    const left = (this.#busy.get(socket) ?? 1) - 1

    if (left > 0) {
      this.#busy.set(socket, left)
      return
    }

    this.#busy.delete(socket)

    if (!socket.destroyed) {
      this.#idle.add(socket)
    }
  }

  #opened (socket: Socket): void {
    this.#open++
    this.#unproven.add(socket)
    socket.once('close', () => {
      this.#open--
      this.#unproven.delete(socket)
      this.#idle.delete(socket)
    })

    if (this.#open > this.#crowd) {
      const [oldest] = this.#unproven.size > this.#idle.size ? this.#unproven : this.#idle

      // the newest itself when all others hold polls: it may still find room
      if (oldest !== socket) {
        oldest?.destroy()
      }
    }
  }
}
