/** A reply, or undefined when it is not known whether the daemon did what was asked */
export type Reply = Answer | undefined

export interface Answer {
  status: number
  text: string
  /** Of a lease */
  token?: string
}

export interface Client {
  readonly app: string
  call(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Reply>
}

/** Longest wait for a reply in ms: longer than any poll of the clients here */
const TIMEOUT = 15_000

/** An app that is used to its daemon dying: a lost connection is no error, only not an answer */
export function createClient (api: string, app: string, key: string): Client {
  return {
    app,
    async call (method, path, body, headers) {
      try {
        const response = await fetch(`${api}${path}`, {
          method,
          headers: { ...headers, authorization: `ApiKey ${app} ${key}` },
          body: body === undefined ? undefined : JSON.stringify(body),
          signal: AbortSignal.timeout(TIMEOUT)
        })

        return { status: response.status, text: await response.text(), token: response.headers.get('beam-lease-token') ?? undefined }
      } catch {
        // refused, reset, cut in the middle or timed out: the outcome is unknown
      }
    }
  }
}

/** Longest time that a daemon may be down or stand still, ms: more than any fault takes */
const PATIENCE = 120_000

/** Until the daemon says something definite; 503 is said by one that starts or drains */
export async function insist (client: Client, method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answer> {
  for (const end = Date.now() + PATIENCE; ;) {
    const reply = await client.call(method, path, body, headers)

    if (reply != null && reply.status !== 503) {
      return reply
    }

    if (Date.now() > end) {
      throw new Error(`${method} ${path} of ${client.app} had no definite answer for ${PATIENCE / 1_000} s, at last ${reply?.status ?? 'none'}`)
    }

    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
