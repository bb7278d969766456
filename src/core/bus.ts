/**
 * A typed list of listeners: the only event mechanism between our own components.
 * A listener that throws is a programming error and is not swallowed, but the others
 * hear first: a revocation must not stop half way.
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

  /** Whether anyone listens */
  get heard (): boolean {
    return this.#listeners.size > 0
  }

  emit (value: T): void {
    let errors: unknown[] | undefined

    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        errors ??= []
        errors.push(error)
      }
    }

    if (errors != null) {
      throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'several listeners failed')
    }
  }
}
