import { streamPair } from '@libp2p/utils'
import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { FrameDecoder } from '../../src/protocols/framing/decoder.ts'
import { joinFrames } from '../../src/protocols/framing/encode.ts'
import { FrameError, StreamCutError } from '../../src/protocols/framing/errors.ts'
import { FrameReader } from '../../src/protocols/framing/reader.ts'
import { FrameWriter } from '../../src/protocols/framing/writer.ts'

const MAX = 70_000

function drain (decoder: FrameDecoder): Uint8Array[] {
  const out: Uint8Array[] = []

  for (let frame = decoder.next(); frame != null; frame = decoder.next()) {
    out.push(frame)
  }

  return out
}

describe('framing', () => {
  it('gives back the frames, however the bytes are cut', () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(127, 128, 16_383, 16_384, MAX))

    fc.assert(fc.property(fc.array(sizes, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 40 }), (lengths, cuts) => {
      const frames = lengths.map((length, at) => new Uint8Array(length).fill(at + 1))
      const bytes = joinFrames(frames)
      const places = [...new Set([0, bytes.byteLength, ...cuts.map(cut => cut % (bytes.byteLength + 1))])].sort((a, b) => a - b)
      const decoder = new FrameDecoder(MAX)
      const got: Uint8Array[] = []

      for (let at = 1; at < places.length; at++) {
        decoder.push(bytes.subarray(places[at - 1], places[at]))
        got.push(...drain(decoder))
      }

      expect(got.map(frame => Buffer.from(frame).toString('hex'))).to.deep.equal(frames.map(frame => Buffer.from(frame).toString('hex')))
      expect(decoder.buffered).to.equal(0)
    }), { numRuns: 200 })
  })

  it('never throws anything but FrameError on arbitrary bytes, and never gives a frame above the limit', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }), (chunks) => {
      const decoder = new FrameDecoder(40)

      try {
        for (const chunk of chunks) {
          decoder.push(chunk)

          for (const frame of drain(decoder)) {
            expect(frame.byteLength).to.be.within(1, 40)
          }
        }
      } catch (error) {
        expect(error).to.be.instanceOf(FrameError)
      }
    }))
  })

  it('refuses a frame of no bytes, one above the limit and an endless length', () => {
    for (const bytes of [[0], [41], [0xff, 0xff, 0xff, 0xff]]) {
      const decoder = new FrameDecoder(40)
      decoder.push(Uint8Array.from(bytes))
      expect(() => decoder.next()).to.throw(FrameError)
    }
  })

  it('carries frames over a stream and ends cleanly when the other side half-closes', async () => {
    const [left, right] = await streamPair()
    const writer = new FrameWriter(left)
    const reader = new FrameReader(right, { maxFrame: MAX })
    const frames = Array.from({ length: 50 }, (_, at) => new Uint8Array(at * 100 + 1).fill(at))

    for (const frame of frames) {
      await writer.write(frame)
    }

    await writer.close()

    for (const frame of frames) {
      expect(Buffer.from(await reader.read() ?? [])).to.deep.equal(Buffer.from(frame))
    }

    expect(await reader.read()).to.equal(undefined)
  })

  it('puts all frames of one tick into one write', async () => {
    const [left] = await streamPair()
    const sends: number[] = []
    const send = left.send.bind(left)
    left.send = (data) => {
      sends.push(data.byteLength)
      return send(data)
    }
    const writer = new FrameWriter(left)

    for (let at = 0; at < 100; at++) {
      writer.push(new Uint8Array(10))
    }

    await Promise.resolve()
    await Promise.resolve()
    expect(sends).to.deep.equal([1_100])
  })

  it('tells a cut from an end', async () => {
    const [left, right] = await streamPair()
    const reader = new FrameReader(right, { maxFrame: MAX })
    const reading = reader.read()
    left.abort(new Error('cut'))
    await expect(reading).to.eventually.be.rejectedWith(StreamCutError)

    const [third, fourth] = await streamPair()
    const partial = new FrameReader(fourth, { maxFrame: MAX })
    third.send(Uint8Array.from([5, 1, 2]))
    await third.close()
    await expect(partial.read()).to.eventually.be.rejectedWith(FrameError)
  })

  it('pauses the stream while nobody reads, and loses nothing', async () => {
    const [left, right] = await streamPair()
    const reader = new FrameReader(right, { maxFrame: MAX, highWater: 4_096 })
    const writer = new FrameWriter(left)
    let pauses = 0
    const pause = right.pause.bind(right)
    right.pause = () => {
      pauses++
      pause()
    }
    const count = 400
    const writing = (async () => {
      for (let at = 0; at < count; at++) {
        await writer.write(new Uint8Array(1_000).fill(at % 256))
      }
      await writer.close()
    })()

    await new Promise(resolve => { setTimeout(resolve, 100) })
    expect(pauses).to.be.greaterThan(0)

    for (let at = 0; at < count; at++) {
      expect((await reader.read())?.[0]).to.equal(at % 256)
    }

    expect(await reader.read()).to.equal(undefined)
    await writing
  })

  it('does not wait for ever for the rest of a frame that is larger than what it may hold', async () => {
    const [left, right] = await streamPair()
    const reader = new FrameReader(right, { maxFrame: MAX, highWater: 1_000 })
    const writer = new FrameWriter(left)
    const writing = (async () => {
      for (let at = 0; at < 20; at++) {
        await writer.write(new Uint8Array(MAX - at).fill(at))
      }
    })()

    for (let at = 0; at < 20; at++) {
      expect(await reader.read(AbortSignal.timeout(5_000))).to.have.length(MAX - at)
    }

    await writing
  })

  it('takes no more than its bounds', async () => {
    const [left] = await streamPair()
    left.writableNeedsDrain = true
    const writer = new FrameWriter(left, { maxFrames: 3, maxBytes: 100 })
    expect(writer.push(new Uint8Array(90))).to.equal(true)
    expect(writer.push(new Uint8Array(20))).to.equal(false)
    expect(writer.push(new Uint8Array(5))).to.equal(true)
    expect(writer.push(new Uint8Array(5))).to.equal(true)
    expect(writer.push(new Uint8Array(0))).to.equal(false)
    expect(writer.length).to.equal(3)
    left.abort(new Error('over'))
    expect(writer.push(new Uint8Array(1))).to.equal(false)
  })
})
