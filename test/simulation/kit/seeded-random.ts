import { createHash } from 'node:crypto'
import type { Random } from '../../../src/core/random.ts'

/** The same seed gives the same numbers: splitmix64 over a counter */
export class SeededRandom implements Random {
  #state: bigint

  constructor (seed: string | number) {
    this.#state = createHash('sha256').update(String(seed)).digest().readBigUInt64BE(0)
  }

  float (): number {
    return Number(this.#next() >> 11n) / 2 ** 53
  }

  bytes (length: number): Uint8Array<ArrayBuffer> {
    const bytes = Buffer.alloc(Math.ceil(length / 8) * 8)

    for (let i = 0; i < bytes.length; i += 8) {
      bytes.writeBigUInt64LE(this.#next(), i)
    }

    return new Uint8Array(bytes.subarray(0, length))
  }

  /** A whole number from `from` to `to`, both included */
  int (from: number, to: number): number {
    return from + Math.floor(this.float() * (to - from + 1))
  }

  chance (probability: number): boolean {
    return this.float() < probability
  }

  pick<T> (items: readonly T[]): T {
    return items[this.int(0, items.length - 1)]
  }

  /** `count` of them, each once */
  sample<T> (items: readonly T[], count: number): T[] {
    const left = [...items]

    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.int(0, left.length - 1), 1)[0])
  }

  uuid (): string {
    const hex = Buffer.from(this.bytes(16)).toString('hex')

    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
  }

  #next (): bigint {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n)
    let z = this.#state
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn)

    return z ^ (z >> 31n)
  }
}
