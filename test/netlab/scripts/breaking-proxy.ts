/**
 * An HTTP forward proxy that knows only CONNECT and breaks TLS open with a certificate
 * of its house, as inspecting proxies do; what is no TLS passes.
 *
 * node breaking-proxy.ts '{"port":3129,"cert":"second.pem","key":"second.key"}'
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { splice } from '../splice.ts'
import type { Socket } from 'node:net'

export interface BreakingOptions {
  port: number
  /** PEM files */
  cert: string
  key: string
}

/** First byte of a TLS handshake */
const HANDSHAKE = 0x16

const options = JSON.parse(process.argv[2]) as BreakingOptions
const house = { cert: readFileSync(options.cert), key: readFileSync(options.key) }

const server = createServer((_, response) => { response.writeHead(405).end() })

server.on('connect', (request, client: Socket) => {
  client.on('error', () => {}) // splice passes it on once there is another side
  serve(request.url ?? '', client).catch(() => { client.destroy() })
})

async function serve (target: string, client: Socket): Promise<void> {
  const [host, port] = [target.slice(0, target.lastIndexOf(':')), Number(target.slice(target.lastIndexOf(':') + 1))]
  const remote = connect({ host, port, allowHalfOpen: true })
  await once(remote, 'connect')
  client.write('HTTP/1.1 200 Connection established\r\n\r\n')
  await once(client, 'readable')
  const first = client.read() as Buffer | null

  if (first == null) {
    remote.destroy()
    client.destroy()
    return
  }

  client.unshift(first)

  if (first[0] !== HANDSHAKE) {
    splice(client, remote)
    return
  }

  // whose certificate is genuine beyond is not what is tested here
  const beyond = connectTls({ socket: remote, servername: host, rejectUnauthorized: false })
  await once(beyond, 'secureConnect')
  const inner = new TLSSocket(client, { isServer: true, ...house, ALPNProtocols: ['http/1.1'] })
  inner.on('error', () => {})
  await once(inner, 'secure')
  splice(inner, beyond)
}

server.listen(options.port, '0.0.0.0', () => { process.stdout.write('listening\n') })
