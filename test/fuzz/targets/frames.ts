import assert from 'node:assert/strict'
import { BulkMessage } from '../../../src/protocols/bulk/pb/bulk.ts'
import { Frame, WorkersAnswer, WorkersQuestion } from '../../../src/protocols/control/pb/control.ts'
import { EnrollAnswer, EnrollRequest } from '../../../src/protocols/enroll/pb/enroll.ts'
import { FrameDecoder } from '../../../src/protocols/framing/decoder.ts'
import { joinFrames } from '../../../src/protocols/framing/encode.ts'
import { FrameError } from '../../../src/protocols/framing/errors.ts'
import { SyncMessage } from '../../../src/protocols/sync/pb/sync.ts'
import { allow, hex, stable, vectors } from './support.ts'
import type { Target } from './index.ts'

const CODECS = [Frame, WorkersQuestion, WorkersAnswer, SyncMessage, EnrollRequest, EnrollAnswer, BulkMessage]
const MAX_FRAME = 16_384

/** All whole frames, however the bytes were cut on their way */
function split (data: Uint8Array, step: number): { frames: Uint8Array[], failed: boolean } {
  const decoder = new FrameDecoder(MAX_FRAME)
  const frames: Uint8Array[] = []

  for (let at = 0; at < data.byteLength; at += step) {
    decoder.push(data.subarray(at, at + step))
    const ended = allow(() => {
      for (let frame = decoder.next(); frame != null; frame = decoder.next()) {
        frames.push(Uint8Array.from(frame))
      }

      return true
    }, FrameError)

    if (ended !== true) {
      return { frames, failed: true }
    }

    assert.ok(decoder.buffered <= MAX_FRAME + 4 + step, 'the decoder keeps no more than one frame')
  }

  return { frames, failed: false }
}

const bytesOf: { messages: Array<{ bytes: string }>, framing: Array<{ bytes: string }> } = vectors('frames')

/** First byte: which message the frames hold, and how they are cut */
export const frames: Target = {
  seeds: [
    ...bytesOf.framing.map(({ bytes }) => Buffer.concat([Uint8Array.of(0), hex(bytes)])),
    ...bytesOf.messages.flatMap(({ bytes }) => CODECS.map((_, i) => Buffer.concat([Uint8Array.of(i), joinFrames([hex(bytes)])])))
  ],
  dictionary: [],
  maxLength: 8_192,
  run: (data) => {
    const choice = data[0] ?? 0
    const rest = data.subarray(1)
    const whole = split(rest, Math.max(1, rest.byteLength))

    assert.deepEqual(split(rest, 1 + (choice >> 4)), whole, 'the same frames however they are cut')

    for (const frame of whole.frames) {
      stable(CODECS[(choice & 15) % CODECS.length] as any, frame)
    }
  }
}
