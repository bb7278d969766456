import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import { BatchClient } from './client.ts'
import { StoreError } from './errors.ts'
import { markTornDown } from './last-run.ts'
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
  /** Bytes kept free beside the database, so that a full disk can be emptied. @default none */
  reserve?: number
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
  const own = log.child({ component: 'store' })
  // heard from the beginning: it may end while its answer is read
  const exited = new Promise<void>(resolve => { worker.once('exit', () => { resolve() }) })
  const message = await firstAnswer(worker, own)

  if (message.kind === 'refused') {
    await exited
    throw fromWire(message.error)
  }

  if (message.kind !== 'open') {
    throw new StoreError('STORE_FAILED', 'the store\'s thread did not open the database')
  }

  const client = new BatchClient(worker, own, observer, message.trouble)
  // process.exit and an uncaught error let nobody close; after SIGKILL nobody touches the log
  const tornDown = (): void => { markTornDown(init.path) }
  process.once('exit', tornDown)
  const operations = OPERATIONS.map(name => [name, async (input: unknown) => client.call(name, input)])

  return {
    incarnation: message.incarnation,
    ...Object.fromEntries(operations),
    trouble: () => client.trouble(),
    onNews: (listener) => client.onNews(listener),
    backup: async (to: string, progress: (done: number, total: number) => void) => client.backup(to, progress),
    close: async () => {
      await client.close()
      process.off('exit', tornDown)
    }
  }
}

/** Notes come before it, when the file is checked */
async function firstAnswer (worker: Worker, log: Log): Promise<FromWorker> {
  for await (const [message] of on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[FromWorker]>) {
    if (message.kind !== 'note') {
      return message
    }

    log.warn({}, message.text)
  }

  throw new StoreError('STORE_FAILED', 'the store\'s thread ended before it opened the database')
}
