import { createServer, connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/**
 * A TCP proxy on loopback that can stop forwarding without closing anything: what a
 * peer sees when the other's machine is suspended, or a firewall forgets the connection.
 */
export class Blackhole {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #dark = false

  private constructor (target: number) {
    this.#server = createServer((client) => {
      const upstream = connect(target, '127.0.0.1')

      for (const [from, to] of [[client, upstream], [upstream, client]]) {
        this.#sockets.add(from)
        from.on('data', (data) => {
          if (!this.#dark) {
            to.write(data)
          }
        })
        from.on('close', () => {
          this.#sockets.delete(from)

          if (!this.#dark) {
            to.destroy()
          }
        })
        from.on('error', () => {
          // the other end went: 'close' follows
        })
      }
    })
  }

  /** In front of a port that nobody listens on yet */
  static async open (): Promise<{ proxy: Blackhole, target: number }> {
    const probe = createServer()
    await new Promise<void>(resolve => { probe.listen(0, '127.0.0.1', resolve) })
    const target = (probe.address() as AddressInfo).port
    await new Promise(resolve => { probe.close(resolve) })
    const proxy = new Blackhole(target)
    await new Promise<void>(resolve => { proxy.#server.listen(0, '127.0.0.1', resolve) })

    return { proxy, target }
  }

  get port (): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on nothing passes, and nothing is closed */
  swallow (): void {
    this.#dark = true
  }

  restore (): void {
    this.#dark = false
  }

  async close (): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy()
    }

    await new Promise(resolve => { this.#server.close(resolve) })
  }
}
