/** A reply, or undefined when it is not known whether the daemon did what was asked */
export type Reply = { status: number, text: string } | undefined

export interface Client {
  readonly app: string
  call(method: string, path: string, body?: object): Promise<Reply>
}

/** Longest wait for a reply in ms: longer than any poll of the clients here */
const TIMEOUT = 15_000

/** An app that is used to its daemon dying: a lost connection is no error, only not an answer */
export function createClient (api: string, app: string, key: string): Client {
  return {
    app,
    async call (method, path, body) {
      try {
        const response = await fetch(`${api}${path}`, {
          method,
          headers: { authorization: `ApiKey ${app} ${key}` },
          body: body === undefined ? undefined : JSON.stringify(body),
          signal: AbortSignal.timeout(TIMEOUT)
        })

        return { status: response.status, text: await response.text() }
      } catch {
        // refused, reset, cut in the middle or timed out: the outcome is unknown
      }
    }
  }
}

/** Until the daemon says something definite; 503 is said by one that starts or drains */
export async function insist (client: Client, method: string, path: string, body?: object): Promise<{ status: number, text: string }> {
  for (const end = Date.now() + 60_000; ;) {
    const reply = await client.call(method, path, body)

    if (reply != null && reply.status !== 503) {
      return reply
    }

    if (Date.now() > end) {
      throw new Error(`${method} ${path} of ${client.app} had no definite answer for 60 s, at last ${reply?.status ?? 'none'}`)
    }

    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
