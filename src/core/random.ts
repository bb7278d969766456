import { randomBytes } from 'node:crypto'

/**
 * Randomness as a parameter. Keys and secrets of the daemon come from `systemRandom`;
 * simulations pass a seeded source.
 */
export interface Random {
  bytes(length: number): Uint8Array
  /** A number in [0, 1) */
  float(): number
}

/** Bytes that the system is asked for at a time: a call costs as much for 32 */
const POOL = 4_096

/** Longest request that the pool serves */
const FROM_POOL = 64

let pool = Buffer.alloc(0)
let used = 0

/** What was given out is wiped here: nobody finds in memory what somebody else holds */
function fromPool (length: number): Uint8Array {
  if (used + length > pool.byteLength) {
    pool = randomBytes(POOL)
    used = 0
  }

  const bytes = new Uint8Array(pool.subarray(used, used + length))
  pool.fill(0, used, used + length)
  used += length

  return bytes
}

export const systemRandom: Random = {
  bytes: (length) => length > FROM_POOL ? new Uint8Array(randomBytes(length)) : fromPool(length),
  float: () => Math.random()
}
