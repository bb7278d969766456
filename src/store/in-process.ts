import { StoreError } from './errors.ts'
import { OPERATIONS } from './operations.ts'
import type { Store, StoreCore } from './index.ts'

/**
 * The core behind promises in the same thread, for simulations and tests: each call
 * runs in a microtask of its own, in the order of the calls.
 */
export function inProcessStore (core: StoreCore): Store {
  let closed = false
  const store: Record<string, unknown> = { incarnation: core.incarnation }

  for (const name of OPERATIONS) {
    const operation = core[name] as (input: unknown) => unknown

    store[name] = async (input: unknown) => {
      await undefined

      if (closed) {
        throw new StoreError('STORE_CLOSED', 'the store is closed')
      }

      return operation(input)
    }
  }

  store.close = async () => {
    // what was called before finishes first
    await undefined

    if (!closed) {
      closed = true
      core.close()
    }
  }

  return store as unknown as Store
}
