/** One end of the soak's circuit: `end.ts RELAY` waits to be called, `end.ts RELAY ADDRESS BYTES` calls; either sends as much as it receives */
import { multiaddr } from '@multiformats/multiaddr'
import { reserve } from '../../../src/network/relay/reserve.ts'
import { FrameReader } from '../../../src/protocols/framing/reader.ts'
import { FrameWriter } from '../../../src/protocols/framing/writer.ts'
import { plain } from '../helpers/relayed.ts'
import type { Stream } from '@libp2p/interface'

const CHUNK = 262_144
const SOAK = '/test/soak/1.0.0'
const [relay, address, bytes] = process.argv.slice(2)
const { node } = await plain()
const connection = await node.dial(multiaddr(relay))
const tell = (message: object): void => { process.send?.(message) }
process.on('disconnect', () => { process.exit() })

async function drain (stream: Stream): Promise<{ reader: FrameReader, count: number }> {
  const reader = new FrameReader(stream, { maxFrame: CHUNK })
  let count = 0

  // an empty transfer ends with a frame of one byte, so that the way back is free before the end of the stream
  for (let frame = await reader.read(); frame != null && frame.byteLength > 1; frame = await reader.read()) {
    count += frame.byteLength
  }

  return { reader, count }
}

async function pour (stream: Stream, count: number): Promise<void> {
  const writer = new FrameWriter(stream)
  const chunk = new Uint8Array(CHUNK)

  for (let sent = 0; sent < count; sent += CHUNK) {
    await writer.write(chunk)
  }

  await writer.write(new Uint8Array(1))
}

if (address == null) {
  await node.handle(SOAK, (stream) => {
    drain(stream).then(async ({ count }) => {
      await pour(stream, count)
      tell({ received: count })
    }, (error: Error) => { tell({ error: error.message }) })
  })
  const { addresses } = await reserve(connection, node.peerId.toString(), AbortSignal.timeout(10_000))
  tell({ address: addresses[0] })
} else {
  const through = await node.dial(multiaddr(address))
  const stream = await through.newStream(SOAK)
  await pour(stream, Number(bytes))
  const { count } = await drain(stream)
  tell({ received: count })
}
