import type { Log } from '../../../src/core/log.ts'

/** Every line as JSON, so that tests can look for what must not be there */
export function recordingLog (lines: string[]): Log {
  const write = (fields: object, message: string): void => { lines.push(JSON.stringify({ ...fields, message })) }

  return { debug: write, info: write, warn: write, error: write, child: () => recordingLog(lines) }
}
