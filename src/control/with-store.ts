import { dirname } from 'node:path'
import { layout } from '../config/layout.ts'
import { makePrivateDirectory } from '../core/files.ts'
import { silentLog } from '../core/log.ts'
import { openStore } from '../store/open.ts'
import { takeLock } from './lock.ts'
import type { Store } from '../store/index.ts'

/**
 * The store of a data directory at rest, under its lock, for as long as `work` takes.
 *
 * @throws {ConflictError} when a daemon or another command has it
 */
export async function withStore<T> (dir: string, work: (store: Store) => Promise<T>): Promise<T> {
  const files = layout(dir)

  await makePrivateDirectory(dir)
  await makePrivateDirectory(dirname(files.store))

  const lock = await takeLock(files)

  try {
    const store = await openStore({ path: files.store, log: silentLog })

    try {
      return await work(store)
    } finally {
      await store.close()
    }
  } finally {
    lock.release()
  }
}
