import { hash } from 'node:crypto'

/** 32 bytes in an array of their own. One-shot: a third faster than a hash object for short inputs */
export function sha256 (data: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = hash('sha256', data, 'buffer')

  return new Uint8Array(buffer, byteOffset, byteLength)
}
