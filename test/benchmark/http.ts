import { Agent, request } from 'node:http'

export interface Reply {
  status: number
  body: string
}

export interface BytesReply {
  status: number
  bytes: Buffer
}

export interface HttpClient {
  call(method: string, path: string, body?: string): Promise<Reply>
  /** Both ways without making strings of them */
  callBytes(method: string, path: string, body?: Buffer): Promise<BytesReply>
  close(): void
}

/** node:http with connections that are kept: of all clients in Node the one that costs least */
export function createHttpClient (origin: string, authorization?: string): HttpClient {
  const { hostname, port } = new URL(origin)
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 256 })

  async function callBytes (method: string, path: string, body?: string | Buffer): Promise<BytesReply> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = authorization == null ? {} : { authorization }

      if (body !== undefined) {
        headers['content-type'] = 'application/json'
        headers['content-length'] = Buffer.byteLength(body)
      }

      request({ agent, hostname, port, method, path, headers }, response => {
        const chunks: Buffer[] = []

        response.on('data', (chunk: Buffer) => { chunks.push(chunk) })
        response.on('error', reject)
        response.on('end', () => { resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) }) })
      }).on('error', reject).end(body)
    })
  }

  return {
    call: async (method, path, body) => {
      const { status, bytes } = await callBytes(method, path, body)

      return { status, body: bytes.toString() }
    },
    callBytes,
    close: () => { agent.destroy() }
  }
}

export function expectBytes ({ status, bytes }: BytesReply, expected: number): Buffer {
  expectStatus({ status, body: status === expected ? '' : bytes.toString() }, expected)

  return bytes
}

/** Whatever else is answered is a fault of the benchmark or of the daemon, not a figure */
export function expectStatus ({ status, body }: Reply, ...expected: number[]): string {
  if (!expected.includes(status)) {
    throw new Error(`expected ${expected.join(' or ')}, was answered ${status} ${body.slice(0, 200)}`)
  }

  return body
}
