import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { authorization } from './api.ts'
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** A request with exactly these headers: fetch would not send some of them */
export async function rawRequest (url: string, path: string, headers: Record<string, string>, method = 'GET', body?: string | Buffer): Promise<RawAnswer> {
  const outgoing = request(new URL(url), { path, method, headers, agent: false })

  outgoing.end(body)

  const [response] = await once(outgoing, 'response')
  const chunks: Buffer[] = []

  for await (const chunk of response) {
    chunks.push(chunk)
  }

  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() }
}

export async function open (url: string): Promise<Socket> {
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)

  await once(socket, 'connect')

  return socket
}

/** Writes bytes and collects what comes back until the other side closes, `until` is seen or the time is over */
export async function exchange (url: string, bytes: string | Buffer, until: string | undefined = undefined, ms = 2_000): Promise<string> {
  const socket = await open(url)

  socket.write(bytes)

  try {
    return await receive(socket, until, ms)
  } finally {
    socket.destroy()
  }
}

export async function receive (socket: Socket, until: string | undefined, ms = 2_000): Promise<string> {
  let received = ''

  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms)
    const onData = (data: Buffer): void => {
      const before = Math.max(0, received.length - (until?.length ?? 0))

      received += data.toString('latin1')

      if (until != null && received.includes(until, before)) {
        finish()
      }
    }

    function finish (): void {
      clearTimeout(timer)
      socket.off('data', onData).off('close', finish)
      resolve(received)
    }

    socket.on('data', onData).on('close', finish).on('error', () => { /* a reset is a way of closing */ })
  })
}

/** Lines of a request with a valid key, ready for more headers */
export function head (method: string, path: string, ...headers: string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'host: localhost', `authorization: ${authorization().authorization}`, ...headers, '', ''].join('\r\n')
}
