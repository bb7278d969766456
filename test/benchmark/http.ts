import { Agent, request } from 'node:http'

export interface Reply {
  status: number
  body: string
}

export interface HttpClient {
  call(method: string, path: string, body?: string): Promise<Reply>
  close(): void
}

/** node:http with connections that are kept: of all clients in Node the one that costs least */
export function createHttpClient (origin: string, authorization?: string): HttpClient {
  const { hostname, port } = new URL(origin)
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 256 })

  return {
    call: async (method, path, body) => new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = authorization == null ? {} : { authorization }

      if (body !== undefined) {
        headers['content-type'] = 'application/json'
        headers['content-length'] = Buffer.byteLength(body)
      }

      request({ agent, hostname, port, method, path, headers }, response => {
        const chunks: Buffer[] = []

        response.on('data', (chunk: Buffer) => { chunks.push(chunk) })
        response.on('error', reject)
        response.on('end', () => { resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }) })
      }).on('error', reject).end(body)
    }),
    close: () => { agent.destroy() }
  }
}

/** Whatever else is answered is a fault of the benchmark or of the daemon, not a figure */
export function expectStatus ({ status, body }: Reply, ...expected: number[]): string {
  if (!expected.includes(status)) {
    throw new Error(`expected ${expected.join(' or ')}, was answered ${status} ${body.slice(0, 200)}`)
  }

  return body
}
