/**
 * A map that forgets its oldest entry when it is full: for values that are dear to
 * make and cheap to make again.
 */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #size: number

  constructor (size: number) {
    this.#size = size
  }

  get (key: K): V | undefined {
    return this.#entries.get(key)
  }

  set (key: K, value: V): void {
    // first in, first out: keeping order of use would cost a write at every read
    if (this.#entries.size >= this.#size && !this.#entries.has(key)) {
      const oldest = this.#entries.keys().next()

      if (oldest.done !== true) {
        this.#entries.delete(oldest.value)
      }
    }

    this.#entries.set(key, value)
  }

  delete (key: K): void {
    this.#entries.delete(key)
  }

  get size (): number {
    return this.#entries.size
  }
}
