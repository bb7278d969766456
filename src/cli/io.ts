import { BeamError } from '../core/errors.ts'
import { exitCodeOf } from './exit-codes.ts'

/** Where a command's words go: its result to stdout, everything else to stderr */
export interface Io {
  readonly json: boolean
  /** The result, once: one JSON value or text for people */
  result(data: unknown, text: string): void
  /** Progress and advice for people; silent with --json */
  note(text: string): void
  /** Returns the exit code */
  fail(err: unknown): number
}

export interface Streams {
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
}

export function createIo ({ stdout, stderr }: Streams, json: boolean): Io {
  return {
    json,
    result: (data, text) => { stdout.write(`${json ? JSON.stringify(data) : text.trimEnd()}\n`) },
    note: (text) => {
      if (!json) {
        stderr.write(`${text}\n`)
      }
    },
    fail: (err) => {
      const { code, message, detail } = describe(err)

      stderr.write(json ? `${JSON.stringify({ error: { code, message } })}\n` : `beam-node: ${message}\n${detail}`)

      return exitCodeOf(code)
    }
  }
}

/** An expected condition is a sentence; only what nobody foresaw shows its stack */
function describe (err: unknown): { code: string, message: string, detail: string } {
  if (err instanceof BeamError) {
    return { code: err.code, message: err.message, detail: '' }
  }

  if (err instanceof Error) {
    // what the operating system says (EACCES, ENOSPC, …) is a sentence already
    const system = (err as NodeJS.ErrnoException).syscall

    return { code: 'INTERNAL', message: err.message, detail: system == null ? `${err.stack ?? ''}\n` : '' }
  }

  return { code: 'INTERNAL', message: String(err), detail: '' }
}
