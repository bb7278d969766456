import { readFileSync } from 'node:fs'

/** One thing that a process did to its files, in the order in which it did them */
export interface Step {
  op: 'W' | 'T' | 'S' | 'D' | 'C' | 'U' | 'R' | 'L'
  path: string
  offset: number
  data: Buffer
}

/** What the shim wrote down; a record that a kill cut is left out */
export function readTrace (file: string): Step[] {
  const bytes = readFileSync(file)
  const steps: Step[] = []

  for (let at = 0; at + 5 <= bytes.byteLength;) {
    const op = String.fromCharCode(bytes[at]) as Step['op']
    const length = bytes.readUInt32LE(at + 1)
    const body = at + 5 + length

    if (body + 16 > bytes.byteLength) {
      break
    }

    const size = Number(bytes.readBigUInt64LE(body + 8))

    if (body + 16 + size > bytes.byteLength) {
      break
    }

    steps.push({ op, path: bytes.toString('utf8', at + 5, body), offset: Number(bytes.readBigUInt64LE(body)), data: bytes.subarray(body + 16, body + 16 + size) })
    at = body + 16 + size
  }

  return steps
}
