/**
 * An HTTP forward proxy that knows only CONNECT and cuts what is idle or old.
 *
 * node cutting-proxy.ts '{"ports":[443],"idle":2000,"total":10000}'
 */
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROXY_PORT } from '../proxies/port.ts'
import { splice } from '../splice.ts'
import type { Socket } from 'node:net'

export interface CuttingOptions {
  ports: number[]
  credentials?: { user: string, password: string }
  idle?: number
  total?: number
  delay?: number
  status?: number
}

const { ports, credentials, idle, total, delay = 0, status = 200 } = JSON.parse(process.argv[2]) as CuttingOptions
const wanted = credentials == null ? undefined : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`

function say (line: string): void {
  process.stdout.write(`${line}\n`)
}

function answer (client: Socket, code: number, headers = ''): void {
  client.end(`HTTP/1.1 ${code} ${code === 407 ? 'Proxy Authentication Required' : 'No'}\r\n${headers}Content-Length: 0\r\nConnection: close\r\n\r\n`)
}

const server = createServer((_, response) => { response.writeHead(405).end() })

server.on('connect', (request, client: Socket, head) => {
  client.on('error', () => {}) // splice passes it on once there is another side
  void serve(request.url ?? '', request.headers['proxy-authorization'], client, head)
})

async function serve (target: string, given: string | undefined, client: Socket, head: Buffer): Promise<void> {
  await sleep(delay)
  const [host, port] = [target.slice(0, target.lastIndexOf(':')), Number(target.slice(target.lastIndexOf(':') + 1))]

  if (wanted != null && given !== wanted) {
    say(`407 ${target}`)
    answer(client, 407, 'Proxy-Authenticate: Basic realm="proxy"\r\n')
  } else if (status === 0) {
    say(`closed ${target}`)
    client.destroy()
  } else if (status !== 200) {
    say(`${status} ${target}`)
    answer(client, status)
  } else if (!ports.includes(port)) {
    say(`403 ${target}`)
    answer(client, 403)
  } else {
    const remote = connect({ host, port, allowHalfOpen: true })

    remote.once('error', () => {
      if (remote.connecting || remote.bytesRead === 0) {
        say(`502 ${target}`)
        answer(client, 502)
      }
    })
    remote.once('connect', () => {
      say(`200 ${target}`)
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      remote.write(head)
      splice(client, remote)
      cutLater(client, remote, target)
    })
  }
}

function cutLater (client: Socket, remote: Socket, target: string): void {
  const cut = (why: string): void => {
    say(`cut ${why} ${target}`)
    client.resetAndDestroy()
    remote.resetAndDestroy()
  }

  // bytes either way keep both awake
  let timer = idle == null ? undefined : setTimeout(cut, idle, 'idle')
  const awake = (): void => {
    if (timer != null) {
      clearTimeout(timer)
      timer = setTimeout(cut, idle, 'idle')
    }
  }
  const age = total == null ? undefined : setTimeout(cut, total, 'old')

  client.on('data', awake)
  remote.on('data', awake)
  client.once('close', () => {
    clearTimeout(timer)
    clearTimeout(age)
  })
}

server.listen(PROXY_PORT, '0.0.0.0', () => { say('listening') })
