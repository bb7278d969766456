import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { BatchClient } from './client.ts'
import { StoreError } from './errors.ts'
import { fromWire } from './messages.ts'
import { OPERATIONS } from './operations.ts'
import type { Store } from './index.ts'
import type { FromWorker } from './messages.ts'
import type { StoreObserver } from './observer.ts'
import type { OpenDatabaseInit } from './schema.ts'
import type { Log } from '../core/log.ts'

export interface OpenStoreInit extends OpenDatabaseInit {
  log: Log
  /** Told of each batch, for metrics */
  observer?: StoreObserver
}

/** The same module beside this one, as source or compiled */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/**
 * Opens the daemon's store: the core in a worker thread, many callers to a commit.
 *
 * @throws {StoreError} STORE_NEWER, STORE_FOREIGN, STORE_CORRUPT, STORE_LOCKED, STORE_UNOPENABLE
 */
export async function openStore ({ log, observer, ...init }: OpenStoreInit): Promise<Store> {
  const worker = new Worker(WORKER, { workerData: init, name: 'store' })
  const [message] = await once(worker, 'message') as [FromWorker]

  if (message.kind === 'refused') {
    await once(worker, 'exit')
    throw fromWire(message.error)
  }

  if (message.kind !== 'open') {
    throw new StoreError('STORE_FAILED', 'the store\'s thread did not open the database')
  }

  const client = new BatchClient(worker, log.child({ component: 'store' }), observer)
  const operations = OPERATIONS.map(name => [name, async (input: unknown) => client.call(name, input)])

  return {
    incarnation: message.incarnation,
    ...Object.fromEntries(operations),
    close: async () => client.close()
  }
}
