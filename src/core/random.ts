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

export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  float: () => Math.random()
}
