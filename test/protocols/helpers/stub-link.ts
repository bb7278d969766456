import { CONTROL_TIMES } from '../../../src/protocols/control/constants.ts'
import { ControlLink } from '../../../src/protocols/control/link.ts'
import { Frame } from '../../../src/protocols/control/pb/control.ts'
import { joinFrames } from '../../../src/protocols/framing/encode.ts'
import type { Clock } from '../../../src/core/clock.ts'
import type { LinkInit } from '../../../src/protocols/control/link.ts'
import type { Connection, Stream } from '@libp2p/interface'

/** A clock that stands still unless told, and knows which timers live */
export class StubClock implements Clock {
  time = 1_000_000
  readonly timers = new Map<object, { at: number, fn(): void }>()

  now (): number {
    return this.time
  }

  monotonic (): number {
    return this.time
  }

  setTimeout (fn: () => void, ms: number): { cancel(): void } {
    const key = {}
    this.timers.set(key, { at: this.time + ms, fn })

    return { cancel: () => { this.timers.delete(key) } }
  }

  pass (ms: number): void {
    this.time += ms

    for (const [key, { at, fn }] of [...this.timers]) {
      if (at <= this.time && this.timers.delete(key)) {
        fn()
      }
    }
  }
}

/** A stream whose other end takes one write, and from then on nothing unless `taking` */
export class StubStream extends EventTarget {
  status = 'open'
  writeStatus = 'writable'
  readStatus = 'readable'
  remoteWriteStatus = 'writable'
  readableEnded = false
  readBufferLength = 0
  writableNeedsDrain = false
  taking = false
  written = 0

  send (data: Uint8Array): boolean {
    this.written += data.byteLength
    this.writableNeedsDrain = !this.taking

    return this.taking
  }

  abort (): void {
    this.status = 'aborted'
    this.dispatchEvent(new Event('close'))
  }

  async close (): Promise<void> {
    this.writeStatus = 'closed'
  }

  pause (): void {
    this.readStatus = 'paused'
  }

  resume (): void {
    this.readStatus = 'readable'
  }

  /** The peer sends frames */
  receive (...frames: Array<Partial<Frame>>): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: joinFrames(frames.map(frame => Frame.encode(frame))) }))
  }
}

/** A link that is up, over a stream whose other end does not read */
export function stubLink (init: Partial<LinkInit> = {}): { link: ControlLink, stream: StubStream, clock: StubClock, reason(): string | undefined } {
  const stream = new StubStream()
  const clock = new StubClock()
  const hello = { version: 1, boot: new Uint8Array(16), clock: 1, recordsDigest: new Uint8Array(32), agent: '', incarnation: 0 }
  let down: string | undefined
  const link = new ControlLink({
    site: 'peer.test',
    stream: stream as unknown as Stream,
    connection: { id: 'connection', remotePeer: 'peer', abort () {} } as unknown as Connection,
    clock,
    times: CONTROL_TIMES,
    hello,
    onUp: () => {},
    onFrame: (_, __, done) => { done() },
    onDown: (_, reason) => { down = reason },
    ...init
  })
  stream.receive({ hello })

  return { link, stream, clock, reason: () => down }
}
