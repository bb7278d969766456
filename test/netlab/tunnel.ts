import { once } from 'node:events'
import { connect } from 'node:net'
import type { Host } from './host.ts'
import type { Credentials } from './proxies/index.ts'
import type { Socket } from 'node:net'

/** A CONNECT through the proxy of a host's site, from this process; resolves when the proxy agreed */
export async function connectTunnel (host: Host, target: string, credentials: Credentials): Promise<Socket> {
  if (host.proxy == null) {
    throw new Error(`${host.name} has no proxy`)
  }

  const { port } = new URL(await host.proxy.host.url(3_128))
  const socket = connect({ host: '127.0.0.1', port: Number(port) })

  socket.on('error', () => {}) // a cut is what is awaited
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}\r\n\r\n`)

  const [data] = await once(socket, 'data') as [Buffer]

  if (!data.toString().startsWith('HTTP/1.1 200')) {
    throw new Error(`the proxy said ${data.toString()}`)
  }

  return socket
}
