/** SIGINT, SIGTERM or the caller's signal: asks the demo to clean up and end */
export interface Interruption {
  /** Resolves when somebody asked */
  readonly asked: Promise<void>
  /** Rejects when somebody asked */
  readonly early: Promise<never>
  /** Aborts when somebody asked */
  readonly signal: AbortSignal
  dispose(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** One Ctrl-C may come twice, from the terminal and from npm: so soon it is no second word, ms */
const ECHO = 500

/** Exit code of a process that was told twice to end */
const FORCED = 130

export function interruption (signal?: AbortSignal): Interruption {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  const controller = new AbortController()
  let since: number | undefined

  const onAsked = (): void => {
    if (since != null && performance.now() - since > ECHO) {
      // daemons and workers notice that their parent is gone, and end
      process.exit(FORCED)
    }

    since ??= performance.now()
    controller.abort()
    resolve()
  }
  const early = asked.then<never>(() => { throw new Error('interrupted') })

  // awaited only while the story runs
  early.catch(() => {})
  signal?.addEventListener('abort', onAsked, { once: true })
  SIGNALS.forEach(name => { process.on(name, onAsked) })

  return {
    asked,
    early,
    signal: controller.signal,
    dispose: () => {
      signal?.removeEventListener('abort', onAsked)
      SIGNALS.forEach(name => { process.removeListener(name, onAsked) })
    }
  }
}
