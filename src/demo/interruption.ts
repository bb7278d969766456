/** SIGINT, SIGTERM or the caller's signal: asks the demo to clean up and end */
export interface Interruption {
  /** Resolves when somebody asked */
  readonly asked: Promise<void>
  /** Rejects when somebody asked */
  readonly early: Promise<never>
  dispose(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

export function interruption (signal?: AbortSignal): Interruption {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  const onAsked = (): void => { resolve() }
  const early = asked.then<never>(() => { throw new Error('interrupted') })

  // awaited only while the story runs
  early.catch(() => {})
  signal?.addEventListener('abort', onAsked, { once: true })

  for (const name of SIGNALS) {
    process.once(name, onAsked)
  }

  return {
    asked,
    early,
    dispose: () => {
      signal?.removeEventListener('abort', onAsked)

      for (const name of SIGNALS) {
        process.removeListener(name, onAsked)
      }
    }
  }
}
