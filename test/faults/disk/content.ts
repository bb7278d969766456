export type Change = { offset: number, data: Buffer } | { size: number }

/** Bytes of a file that grows in place */
export class Content {
  #buffer: Buffer
  #size: number

  /** A copy of `bytes` */
  constructor (bytes: Buffer = Buffer.alloc(0)) {
    this.#buffer = Buffer.from(bytes)
    this.#size = bytes.byteLength
  }

  bytes (): Buffer {
    return this.#buffer.subarray(0, this.#size)
  }

  apply (change: Change): void {
    if ('size' in change) {
      this.#grow(change.size)
      this.#buffer.fill(0, change.size, Math.max(change.size, this.#size))
      this.#size = change.size
      return
    }

    const end = change.offset + change.data.byteLength
    this.#grow(end)
    change.data.copy(this.#buffer, change.offset)
    this.#size = Math.max(this.#size, end)
  }

  #grow (size: number): void {
    if (size > this.#buffer.byteLength) {
      const larger = Buffer.alloc(size * 2)
      this.#buffer.copy(larger, 0, 0, this.#size)
      this.#buffer = larger
    }
  }
}
