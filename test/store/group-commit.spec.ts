import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { createBatchRunner } from '../../src/store/batch.ts'
import { openCore } from '../../src/store/core.ts'
import { StoreError } from '../../src/store/errors.ts'
import { openStore } from '../../src/store/open.ts'
import { NOW, OTHER, arrival, blobBody, bytes, creation, textBody } from './fixtures.ts'
import type { Log } from '../../src/core/log.ts'
import type { Store, StoreCore } from '../../src/store/index.ts'
import type { Call } from '../../src/store/messages.ts'

describe('store group commit', () => {
  let dir: string
  let store: Store
  let batches: number[]
  const post = Worker.prototype.postMessage

  const open = async (more: { maxBytes?: number, log?: Log } = {}): Promise<Store> => {
    store = await openStore({ path: path.join(dir, 'beam.sqlite'), log: silentLog, ...more })

    return store
  }

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'beam-store-'))
    batches = []
    // each batch is one commit at most
    Worker.prototype.postMessage = function (message: { kind: string, calls: unknown[] }, ...rest: any[]) {
      if (message.kind === 'batch') {
        batches.push(message.calls.length)
      }

      return post.call(this, message, ...rest)
    }
  })

  afterEach(async () => {
    Worker.prototype.postMessage = post
    await store.close()
    await rm(dir, { recursive: true })
  })

  it('lets many callers share one commit', async () => {
    await open()
    const outcomes = await Promise.all(Array.from({ length: 400 }, async () => store.createTask(creation())))

    expect(outcomes.every(outcome => outcome.kind === 'created')).to.be.true()
    expect(batches).to.deep.equal([400])
  })

  it('gathers the next batch while one commits', async () => {
    await open()
    const caller = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) {
        await store.createTask(creation())
        // callers come at moments of their own
        await new Promise(resolve => setTimeout(resolve, Math.random() * 2))
      }
    }

    await Promise.all(Array.from({ length: 50 }, caller))
    expect((await store.counts({ now: NOW })).tasks).to.equal(1_000)
    expect(batches.length).to.be.below(500)
  })

  it('lets a receipt wait for others to share a commit with, a moment and no longer', async () => {
    await open()
    const receipt = { envelopeId: bytes(16), site: OTHER, hash: bytes(32), outcome: 'delivered' as const, now: NOW }
    const settling = store.settleDelivery(receipt)
    await new Promise(resolve => setImmediate(resolve))
    await new Promise(resolve => setImmediate(resolve))
    expect(batches, 'it waits').to.deep.equal([])

    await Promise.all([settling, store.createTask(creation())])
    expect(batches, 'one commit').to.deep.equal([2])

    expect(await store.settleDelivery(receipt)).to.deep.equal({ kind: 'unknown' })
    expect(batches, 'alone, it goes by itself').to.deep.equal([2, 1])

    const last = store.settleDelivery(receipt)
    const closed = store.close()
    expect(await last, 'the end does not wait').to.deep.equal({ kind: 'unknown' })
    await closed
  })

  it('bounds a batch by calls and by bytes', async () => {
    await open()
    await Promise.all(Array.from({ length: 1_100 }, async () => store.createTask(creation())))
    expect(batches).to.deep.equal([512, 512, 76])

    batches.length = 0
    const blobs = await Promise.all([1, 2, 3].map(async () => store.createBlob({ now: NOW })))
    batches.length = 0
    const data = bytes(5_000_000)
    await Promise.all(blobs.map(async blob => store.appendBlob({ blob, offset: 0, data })))
    expect(batches).to.deep.equal([1, 1, 1])
  })

  it('lets one bad operation fail alone', async () => {
    await open()
    const inputs = Array.from({ length: 20 }, () => creation())
    // a body whose blob is not there is noticed after rows were written
    inputs[7].body = blobBody(99, 0, bytes(1))
    const duplicate = arrival()
    duplicate.body = blobBody(99, 0, bytes(1))
    const outcomes = await Promise.allSettled([...inputs.map(async input => store.createTask(input)), store.receiveTask(duplicate)])

    expect(batches).to.deep.equal([21])
    expect(outcomes.map((outcome, i) => outcome.status === 'rejected' ? i : -1).filter(i => i >= 0)).to.deep.equal([7, 20])
    expect((outcomes[7] as PromiseRejectedResult).reason).to.be.instanceOf(StoreError).with.property('code', 'STORE_MISUSE')
    expect((await store.recentTasks({ limit: 100, now: NOW })).map(task => task.id)).to.have.members(inputs.filter((_, i) => i !== 7).map(input => input.task.id))
    expect(await store.findReceived({ envelopeId: duplicate.envelopeId })).to.be.undefined()
  })

  it('compares and sets within a batch, too', async () => {
    await open()
    const input = creation()
    const outcomes = await Promise.all([1, 2, 3].map(async () => store.createTask(input)))

    expect(batches).to.deep.equal([3])
    expect(outcomes.map(outcome => outcome.kind)).to.deep.equal(['created', 'exists', 'exists'])
  })

  it('shows reads what was committed before their batch', async () => {
    await open()
    const input = creation()
    const [, early] = await Promise.all([store.createTask(input), store.findTasks({ id: input.task.id })])

    expect(early).to.be.empty()
    expect(await store.findTasks({ id: input.task.id })).to.have.lengthOf(1)
  })

  it('never posts the pool that a small Buffer lies in', async () => {
    await open()
    const value = Buffer.from('0123456789abcdef')
    const hash = Buffer.alloc(32, 7)
    await store.recordRefusal({ envelopeId: value, envelopeHash: hash, site: OTHER, reason: 'x', dedupUntil: NOW })

    expect(value.toString()).to.equal('0123456789abcdef')
    expect((await store.findReceived({ envelopeId: value }))?.hash).to.deep.equal(new Uint8Array(hash))
  })

  it('finishes what was called before it closes, and refuses what comes after', async () => {
    await open()
    const inputs = Array.from({ length: 600 }, () => creation())
    const calls = inputs.map(async input => store.createTask(input))
    const closing = store.close()

    await expect(store.createTask(creation())).to.eventually.be.rejected.with.property('code', 'STORE_CLOSED')
    expect((await Promise.all(calls)).every(outcome => outcome.kind === 'created')).to.be.true()
    await closing
    await store.close()
    await open()
    expect((await store.counts({ now: NOW })).tasks).to.equal(600)
  })

  it('acknowledges nothing on a full disk, and goes on when there is room again', async () => {
    const logged: string[] = []
    const log: Log = { ...silentLog, child: () => log, error: (_, message) => { logged.push(message) } }
    await open({ maxBytes: 1_000_000, log })
    const body = textBody('x'.repeat(60_000))
    const inputs = Array.from({ length: 40 }, () => creation({ expires: NOW + 1 }, { body }))
    const acknowledged: string[] = []
    const refused: unknown[] = []

    for (const input of inputs) {
      await store.createTask(input).then(() => acknowledged.push(input.task.id), error => refused.push(error))
    }

    for (const error of refused) {
      expect(error).to.be.instanceOf(StoreError).with.property('code', 'STORE_FULL')
    }

    expect(refused).to.not.be.empty()
    expect((await store.recentTasks({ limit: 1_000, now: NOW })).map(task => task.id)).to.have.members(acknowledged)
    expect(acknowledged).to.not.be.empty()
    expect(logged.filter(message => message.includes('no space left')), 'each condition is logged once').to.have.lengthOf(1)

    await store.expireStep({ now: NOW + 1, limit: 100 })
    await store.purgeStep({ before: NOW + 1, now: NOW + 1, limit: 100 })
    expect(await store.createTask(creation({}, { body }))).to.have.property('kind', 'created')
  })

  it('rejects everything once its thread is gone', async () => {
    const workers: Worker[] = []
    const tap = Worker.prototype.postMessage
    Worker.prototype.postMessage = function (...args: any[]) {
      workers.push(this)

      return tap.apply(this, args as [any])
    }
    await open()
    await store.createTask(creation())
    const pending = store.createTask(creation())
    await workers[0].terminate()

    await expect(pending).to.eventually.be.rejected.with.property('code', 'STORE_FAILED')
    await expect(store.counts({ now: NOW })).to.eventually.be.rejected.with.property('code', 'STORE_FAILED')
  })
})

describe('store batch runner', () => {
  const call = (): Call => ({ operation: 'createTask', input: creation() })
  const read: Call = { operation: 'counts', input: { now: NOW } }

  it('rejects every transition of a commit that failed, and after a failed fsync all later ones', () => {
    const core = openCore({ path: ':memory:' })
    let fail: StoreError | undefined = new StoreError('STORE_FAILED', 'fsync')
    let commits = 0
    const faulty: StoreCore = {
      ...core,
      transaction: <T> (fn: () => T): T => core.transaction(() => {
        const value = fn()
        commits++

        if (fail != null) {
          throw fail
        }

        return value
      })
    }
    const run = createBatchRunner(faulty)
    const replies = run([call(), read, call()])

    expect(replies.map(reply => reply.ok)).to.deep.equal([false, true, false])
    expect(core.counts({ now: NOW }).tasks).to.equal(0)

    fail = undefined
    expect(run([call()])[0]).to.have.nested.property('error.code', 'STORE_FAILED')
    expect(run([read])[0].ok).to.be.true()
    expect(commits).to.equal(1)
    core.close()
  })

  it('goes on after a disk that was full for a while', () => {
    const core = openCore({ path: ':memory:' })
    let full = true
    const run = createBatchRunner({
      ...core,
      createTask: (input) => {
        if (full) {
          throw new StoreError('STORE_FULL', 'full')
        }

        return core.createTask(input)
      }
    })
    const other: Call = { operation: 'setMeta', input: { key: 'a', value: 'b' } }

    expect(run([other, call()]).map(reply => reply.ok)).to.deep.equal([false, false])
    expect(core.getMeta({ key: 'a' })).to.be.undefined()
    full = false
    expect(run([other, call()]).map(reply => reply.ok)).to.deep.equal([true, true])
    core.close()
  })
})
