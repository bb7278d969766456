import { createServer, connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** A port on loopback that leads to another one while it is open, and refuses while it is shut: a firewall that an operator changes */
export class Gate {
  readonly port: number
  readonly target: number
  #server: Server | undefined
  readonly #sockets = new Set<Socket>()

  private constructor (port: number, target: number) {
    this.port = port
    this.target = target
  }

  /** Shut; nobody listens at either port yet */
  static async shut (): Promise<Gate> {
    const [port, target] = await Promise.all([freePort(), freePort()])

    return new Gate(port, target)
  }

  async open (): Promise<void> {
    this.#server = createServer((client) => {
      const upstream = connect(this.target, '127.0.0.1')

      for (const [from, to] of [[client, upstream], [upstream, client]]) {
        this.#sockets.add(from)
        from.pipe(to)
        from.on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
        from.on('error', () => {
          // the other end went: 'close' follows
        })
      }
    })
    await new Promise<void>(resolve => { this.#server?.listen(this.port, '127.0.0.1', resolve) })
  }

  async close (): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#sockets.forEach(socket => { socket.destroy() })

    if (server != null) {
      await new Promise(resolve => { server.close(resolve) })
    }
  }
}

async function freePort (): Promise<number> {
  const probe = createServer()
  await new Promise<void>(resolve => { probe.listen(0, '127.0.0.1', resolve) })
  const { port } = probe.address() as AddressInfo
  await new Promise(resolve => { probe.close(resolve) })

  return port
}
