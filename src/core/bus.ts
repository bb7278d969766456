/**
 * A typed list of listeners: the only event mechanism between our own components.
 * A listener that throws is a programming error and is not swallowed.
 */
export interface Signal<T> {
  /** Returns what ends the subscription */
  subscribe(listener: (value: T) => void): () => void
}

export class Emitter<T> implements Signal<T> {
  readonly #listeners = new Set<(value: T) => void>()

  subscribe (listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  emit (value: T): void {
    for (const listener of [...this.#listeners]) {
      listener(value)
    }
  }
}
