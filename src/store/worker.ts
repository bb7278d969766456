/**
 * The worker thread that holds the database, so that an fsync never stalls the event
 * loop of the daemon. One batch at a time: while it commits, the client gathers the
 * next.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { createBatchRunner } from './batch.ts'
import { openCore } from './core.ts'
import { pack, toWire } from './messages.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import type { OpenDatabaseInit } from './schema.ts'
import type { MessagePort } from 'node:worker_threads'

function serve (port: MessagePort, init: OpenDatabaseInit): void {
  const send = (message: FromWorker): void => {
    const { value, transfer } = pack(message, false)
    port.postMessage(value, transfer)
  }

  try {
    const core = openCore(init)
    const run = createBatchRunner(core)

    port.on('message', (message: ToWorker) => {
      if (message.kind === 'batch') {
        send({ kind: 'done', replies: run(message.calls) })
      } else {
        core.close()
        send({ kind: 'closed' })
        port.close()
      }
    })
    send({ kind: 'open', incarnation: core.incarnation })
  } catch (error) {
    send({ kind: 'refused', error: toWire(error) })
    port.close()
  }
}

if (parentPort == null) {
  throw new Error('this module runs in a worker thread')
}

serve(parentPort, workerData)
