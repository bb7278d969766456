import { StoreError } from './errors.ts'
import { OPERATIONS } from './operations.ts'
import type { Store, StoreCore, StoreNews } from './index.ts'

/**
 * The core behind promises in the same thread, for simulations and tests: each call
 * runs in a microtask of its own, in the order of the calls.
 */
export function inProcessStore (core: StoreCore): Store {
  let closed = false
  const listeners = new Set<(news: StoreNews) => void>()

  const call = async (operation: (input: unknown) => unknown, input: unknown): Promise<unknown> => {
    await Promise.resolve()

    if (closed) {
      throw new StoreError('STORE_CLOSED', 'the store is closed')
    }

    try {
      return operation(input)
    } finally {
      const news = core.takeNews()

      if (news != null) {
        listeners.forEach(listener => { listener(news) })
      }
    }
  }

  const operations = OPERATIONS.map(name => {
    const operation = core[name] as (input: unknown) => unknown

    return [name, async (input: unknown) => call(operation, input)]
  })

  return {
    incarnation: core.incarnation,
    ...Object.fromEntries(operations),
    trouble: () => undefined,
    onNews: (listener) => {
      listeners.add(listener)

      return () => { listeners.delete(listener) }
    },
    backup: async (to, progress) => core.maintenance.backup(to, progress),
    close: async () => {
      // what was called before finishes first
      await Promise.resolve()

      if (!closed) {
        closed = true
        core.close()
      }
    }
  }
}
