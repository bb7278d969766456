/** One event of a stream, as the HTML standard reads it */
export interface ServerSentEvent {
  event: string
  data: string
  id: string
}

/** Reads a text/event-stream; comments (keep-alives) are passed over, an event cut off by the end is dropped */
export async function * readServerSentEvents (response: Response): AsyncGenerator<ServerSentEvent> {
  let buffer = ''
  let next = { event: 'message', data: [] as string[], id: '' }

  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    buffer += Buffer.from(chunk).toString('latin1')

    const lines = buffer.split('\n')
    buffer = lines.pop() ?? ''

    for (const bytes of lines) {
      // cut at line ends as bytes, so that no character is cut in two
      const line = Buffer.from(bytes, 'latin1').toString('utf8').replace(/\r$/, '')

      if (line === '') {
        if (next.data.length > 0) {
          yield { event: next.event, data: next.data.join('\n'), id: next.id }
        }

        next = { event: 'message', data: [], id: next.id }
        continue
      }

      const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []

      if (field === 'event') {
        next.event = value
      } else if (field === 'data') {
        next.data.push(value)
      } else if (field === 'id') {
        next.id = value
      }
    }
  }
}
