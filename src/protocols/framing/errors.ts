import { BeamError } from '../../core/errors.ts'

/** The peer sent bytes that break the framing: the stream is closed with this reason */
export class FrameError extends BeamError {
  constructor (message: string) {
    super('FRAME', message)
    this.name = 'FrameError'
  }
}

/** The stream ended without the other side having said so: a cut, a crash or a relay's limit */
export class StreamCutError extends BeamError {
  constructor (message: string = 'the stream was cut before its end', options?: ErrorOptions) {
    super('STREAM_CUT', message, options)
    this.name = 'StreamCutError'
  }
}
