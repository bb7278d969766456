/**
 * The worker thread that holds the database, so that an fsync never stalls the event
 * loop of the daemon. One batch at a time: while it commits, the client gathers the
 * next.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { createBatchRunner } from './batch.ts'
import { openCore } from './core.ts'
import { Disk } from './disk.ts'
import { checkIntegrity, checkLogIsThere } from './integrity.ts'
import { createRunMark } from './last-run.ts'
import { pack, release, toWire } from './messages.ts'
import { createReserve } from './reserve.ts'
import type { StoreCore } from './index.ts'
import type { RunMark } from './last-run.ts'
import type { FromWorker, ToWorker, WireError } from './messages.ts'
import type { OpenDatabaseInit } from './schema.ts'
import type { MessagePort } from 'node:worker_threads'

export interface WorkerInit extends OpenDatabaseInit {
  /** Bytes kept free for hard times; none when absent */
  reserve?: number
}

type Send = (message: FromWorker) => void

function serve (port: MessagePort, init: WorkerInit): void {
  const send: Send = (message) => {
    const { value, transfer } = pack(message, false)
    port.postMessage(value, transfer)
  }

  try {
    const mark = createRunMark(init.path)
    const core = openChecked(init, mark, send)
    const disk = createDisk(init, core, mark)
    const run = createBatchRunner(core, disk)

    port.on('message', (message: ToWorker) => {
      if (message.kind === 'batch') {
        const replies = run(message.calls)
        const news = core.takeNews()
        send({ kind: 'done', replies, ...(news == null ? {} : { news }), ...trouble(disk) })
        message.calls.forEach(({ input }) => { release(input) })
        lookAtLog(core, disk)
      } else if (message.kind === 'probe') {
        run([])
        send({ kind: 'probed', ...trouble(disk) })
      } else if (message.kind === 'backup') {
        void backup(core, message.to, send)
      } else {
        close(core, disk, mark)
        send({ kind: 'closed' })
        port.close()
      }
    })
    send({ kind: 'open', incarnation: core.incarnation, ...trouble(disk) })
  } catch (error) {
    send({ kind: 'refused', error: toWire(error) })
    port.close()
  }
}

function trouble (disk: Disk): { trouble?: WireError } {
  return disk.trouble == null ? {} : { trouble: toWire(disk.trouble) }
}

/** What is served was looked at first, as closely as the end of the last run asks for */
function openChecked (init: WorkerInit, mark: RunMark, send: Send): StoreCore {
  const last = mark.last()
  checkLogIsThere(init.path, last)
  const core = openCore(init)

  try {
    checkIntegrity({ path: init.path, maintenance: core.maintenance, last, say: (text) => { send({ kind: 'note', text }) } })
    mark.running()
  } catch (error) {
    core.close()
    throw error
  }

  return core
}

function createDisk (init: WorkerInit, core: StoreCore, mark: RunMark): Disk {
  return new Disk({
    ...(init.reserve == null ? {} : { reserve: createReserve(init.path, init.reserve) }),
    makeRoom: () => { core.maintenance.checkpoint() },
    onFailed: (error) => remember(mark, error.message)
  })
}

/** After the answers left: nobody waits for it but the next batch */
function lookAtLog (core: StoreCore, disk: Disk): void {
  try {
    core.maintenance.lookAtLog()
  } catch (error) {
    disk.noticed(error)
  }
}

async function backup (core: StoreCore, to: string, send: Send): Promise<void> {
  const at = { done: 0, total: 0 }

  try {
    await core.maintenance.backup(to, (done, total) => {
      Object.assign(at, { done, total })
      send({ kind: 'backup', ...at })
    })
    send({ kind: 'backup', ...at, ended: {} })
  } catch (error) {
    send({ kind: 'backup', ...at, ended: { error: toWire(error) } })
  }
}

/** After trouble the mark says so: the next start checks the file */
function close (core: StoreCore, disk: Disk, mark: RunMark): void {
  if (disk.trouble != null && disk.trouble.code !== 'STORE_FULL') {
    remember(mark, disk.trouble.message)
  }

  core.close()
}

function remember (mark: RunMark, reason: string): boolean {
  try {
    mark.trouble(reason)

    return true
  } catch {
    // the disk takes not even that: the mark of a run that was cut stays, and the next start checks too
    return false
  }
}

if (parentPort == null) {
  throw new Error('this module runs in a worker thread')
}

serve(parentPort, workerData)
