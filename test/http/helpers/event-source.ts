/** An event-source client as libraries for programs are: it sends headers, follows ids and reconnects by hand */
export interface ServerEvent {
  id?: string
  event: string
  data: string
}

export interface EventSourceAnswer {
  status: number
  headers: Headers
  events: AsyncGenerator<ServerEvent | { comment: string }>
  text(): Promise<string>
  abort(): void
}

export async function openEvents (url: string, headers: Record<string, string>): Promise<EventSourceAnswer> {
  const controller = new AbortController()
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: controller.signal })

  return {
    status: response.status,
    headers: response.headers,
    events: parse(response),
    text: async () => response.text(),
    abort: () => { controller.abort() }
  }
}

async function * parse (response: Response): AsyncGenerator<ServerEvent | { comment: string }> {
  let buffer = ''

  const decoder = new TextDecoder()

  for await (const bytes of response.body ?? []) {
    buffer += decoder.decode(bytes, { stream: true })

    for (let end = buffer.indexOf('\n\n'); end !== -1; end = buffer.indexOf('\n\n')) {
      yield block(buffer.slice(0, end))
      buffer = buffer.slice(end + 2)
    }
  }
}

function block (text: string): ServerEvent | { comment: string } {
  if (text.startsWith(':')) {
    return { comment: text.slice(1).trim() }
  }

  const fields = Object.fromEntries(text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]))

  return { ...('id' in fields ? { id: fields.id } : {}), event: fields.event, data: fields.data }
}

export async function collect (events: EventSourceAnswer['events'], count = Infinity): Promise<ServerEvent[]> {
  const collected: ServerEvent[] = []

  for await (const event of events) {
    if ('event' in event && collected.push(event) >= count) {
      break
    }
  }

  return collected
}
