import { hex } from './bytes.ts'

/** Bytes of the genesis hash that people compare: 128 bits */
const SHOWN = 16

/**
 * The genesis hash as people read it to each other: eight groups of four
 * hexadecimal digits.
 */
export function fingerprint (genesis: Uint8Array): string {
  return hex(genesis.subarray(0, SHOWN)).match(/.{4}/g)?.join('-') ?? ''
}
