import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { readServerSentEvents } from '../../src/demo/server-sent-events.ts'
import type { ServerSentEvent } from '../../src/demo/server-sent-events.ts'

const TEXT = ': keep-alive\n\nid: 7\nevent: new_result\ndata: {"body":"Brünnich ± 1"}\n\nevent: wait_expired\r\ndata: null\r\n\r\nevent: cut\ndata: off'

async function read (chunks: Uint8Array[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = []

  for await (const event of readServerSentEvents(new Response(new ReadableStream({
    start (controller) {
      for (const chunk of chunks) {
        controller.enqueue(chunk)
      }

      controller.close()
    }
  })))) {
    events.push(event)
  }

  return events
}

describe('event streams', () => {
  it('are read alike wherever they are cut', async () => {
    const bytes = new TextEncoder().encode(TEXT)
    const whole = [
      { event: 'new_result', data: '{"body":"Brünnich ± 1"}', id: '7' },
      { event: 'wait_expired', data: 'null', id: '7' }
    ]

    expect(await read([bytes])).to.deep.equal(whole)

    await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.nat({ max: bytes.length }), { maxLength: 12 }), async cuts => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]

      expect(await read(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).to.deep.equal(whole)
    }))
  })
})
