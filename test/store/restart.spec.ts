import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { openStore } from '../../src/store/open.ts'
import { NOW, OTHER, SELF, TTL, arrival, bytes, creation, newDelivery, textBody } from './fixtures.ts'
import type { Store } from '../../src/store/index.ts'

describe('store restart', () => {
  let dir: string
  let store: Store

  const open = async (): Promise<void> => {
    store = await openStore({ path: path.join(dir, 'beam.sqlite'), log: silentLog })
  }

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'beam-store-'))
    await open()
  })

  afterEach(async () => {
    await store.close()
    await rm(dir, { recursive: true })
  })

  it('keeps everything', async () => {
    const mine = creation()
    const theirs = arrival()
    const inbound = { envelopeId: bytes(16), site: OTHER, hash: bytes(32), now: NOW }
    const state = async (): Promise<unknown[]> => [
      await store.findTasks({ id: mine.task.id }),
      await store.listTasks({ app: 'worker.s1.net', todo: false, now: NOW, limit: 10 }),
      await store.listResults({ task: theirs.task }),
      await store.listDeliveries({ task: mine.task, now: NOW }),
      await store.listOutbox({ site: OTHER, after: 0, limit: 10, now: NOW }),
      await store.readOutbox({ envelopeId: mine.deliveries[0].envelopeId }),
      await store.findReceived({ envelopeId: theirs.envelopeId }),
      await store.beginInbound(inbound),
      await store.listRoster({ from: 0, limit: 10 }),
      await store.listRecords({}),
      await store.listInvites({}),
      await store.listApps({}),
      await store.listWorkers({ now: NOW }),
      await store.listAddresses({}),
      await store.touchClock({ now: 1 }),
      await store.countOpen({ creator: SELF, now: NOW })
    ]

    await store.createTask(mine)
    await store.receiveTask(theirs)
    await store.putResult({ task: theirs.task, from: 'worker.s1.net', to: ['asker.s2.net'], status: 'claimed', metadata: 'null', body: textBody(''), incarnation: store.incarnation, delivery: newDelivery(OTHER), now: NOW })
    await store.beginInbound(inbound)
    await store.appendInbound({ envelopeId: inbound.envelopeId, chunk: 0, data: bytes(300_000) })
    await store.appendRoster({ rows: [{ seq: 0, hash: bytes(32), entry: bytes(100) }] })
    await store.putRecord({ site: OTHER, sequence: 1, record: bytes(50) })
    await store.createInvite({ id: bytes(16), secret: bytes(32), site: 'dream', organization: '', capabilities: [], created: NOW, expires: NOW + TTL, state: 'open' })
    await store.addApp({ name: 'worker', scheme: 'sha256', salt: bytes(16), hash: bytes(32), created: NOW })
    await store.putWorker({ app: 'worker.s1.net', capabilities: ['stats'], until: NOW + TTL })
    await store.putAddress({ site: OTHER, address: '/ip4/127.0.0.1/tcp/1', lastGood: NOW })
    await store.touchClock({ now: NOW })
    const before = await state()

    expect(before.every(part => Array.isArray(part) ? part.length > 0 : part != null)).to.be.true()
    await store.close()
    await open()
    expect(await state()).to.deep.equal(before)
  })

  it('goes on numbering where it stopped, also after everything was purged', async () => {
    const first = await store.createTask(creation({ expires: NOW + 1 })) as { seq: number }
    await store.expireStep({ now: NOW + 1, limit: 10 })
    await store.purgeStep({ before: NOW + 1, now: NOW + 1, limit: 10 })
    await store.close()
    await open()
    const second = await store.createTask(creation()) as { seq: number }

    expect(second.seq).to.be.above(first.seq)
  })

  it('gives no number again that a result got without anybody\'s doing, so that no other result takes its place', async () => {
    const local = { to: ['worker.s1.net'], failureStrategy: '{"retry":{"backoff_millisecs":0,"max_tries":1}}' }
    const [failing, next] = [creation(local, { deliveries: [] }), creation(local, { deliveries: [] })]
    const put = async (task: typeof failing.task, status: 'claimed' | 'succeeded', lease?: number): Promise<unknown> => store.putResult({
      task, from: 'worker.s1.net', to: ['asker.s1.net'], status, metadata: 'null', body: textBody(''), incarnation: store.incarnation, lease, now: NOW
    })
    const status = async ({ task }: typeof failing): Promise<string[]> => (await store.listResults({ task })).map(result => result.status)

    await store.createTask(failing)
    await store.createTask(next)
    await put(failing.task, 'claimed', 1_000)
    await store.endLeases({ now: NOW + 1_000, deliveries: [{ envelopeId: bytes(16), seed: bytes(32) }], incarnation: store.incarnation, self: SELF })
    expect(await status(failing)).to.deep.equal(['permfailed'])
    await store.close()
    await open()
    await put(next.task, 'succeeded')

    expect(await status(failing)).to.deep.equal(['permfailed'])
    expect(await status(next)).to.deep.equal(['succeeded'])
  })

  it('takes a new incarnation from its values, as after a restore', async () => {
    expect(store.incarnation).to.equal(1)
    await store.setMeta({ key: 'incarnation', value: '2' })
    await store.close()
    await open()
    expect(store.incarnation).to.equal(2)
  })
})
