import { expect } from 'aegir/chai'
import { signReceipts } from '../../src/envelope/receipts.ts'
import { MAX_IN_WORK, RESULT_REMEMBERED } from '../../src/tasks/delivery/limits.ts'
import { small } from './kit/forge.ts'
import { noWait, World } from './kit/world.ts'
import type { Forged } from './kit/forge.ts'
import type { Access } from '../../src/access/index.ts'
import type { Frame } from '../../src/protocols/control/pb/control.ts'
import type { Store } from '../../src/store/index.ts'
import type { SimSite } from '../simulation/kit/sim-site.ts'

describe('tasks: what is refused', () => {
  let world: World
  let b: SimSite
  /** Frames with receipts that b sent, by the site they went to */
  let receipts: string[]

  beforeEach(async () => {
    world = await World.of(['a', 'b', 'm'])
    b = world.sites.b
    receipts = []
    const send = b.links.send.bind(b.links)
    b.links.send = (site: string, frame: Partial<Frame>) => {
      if (frame.receipts != null) {
        receipts.push(site)
      }

      return send(site, frame)
    }
  })
  afterEach(async () => {
    expect(b.links.undone, 'frames that were never done').to.equal(0)
    await world.close()
  })

  async function arrive (envelope: Uint8Array, via: string = 'a.net'): Promise<void> {
    world.network.send(via, 'b.net', { envelope: new Uint8Array(envelope) })
    await world.settle(100)
  }

  function tasksAt (site: SimSite): number {
    return site.core.counts({ now: world.clock.now() }).tasks
  }

  it('accepts what is right: the others differ from it in one thing', async () => {
    await arrive(await world.run(small(world, { from: 'a.net', to: 'b.net' })))

    expect(b.tasks.refusals()).to.deep.equal({})
    expect(tasksAt(b)).to.equal(1)
    expect(receipts).to.deep.equal(['a.net'])
  })

  interface Row { name: string, reason: string, forged: Partial<Forged>, via?: string, answered: boolean, before?(): void }

  const rows: Row[] = [
    { name: 'forged from: signed by another member', reason: 'bad-signature', forged: { signer: 'm.net' }, via: 'm.net', answered: false },
    { name: 'misdirected: the label names another site', reason: 'not-for-me', forged: { to: 'm.net' }, answered: false },
    { name: 'of a site that is no member', reason: 'not-member', forged: {}, before: () => { world.membership.judge('a.net', 'revoked') }, answered: false },
    { name: 'expired, clock skew included', reason: 'expired', forged: { expires: 1_800_000_000_000 - 300_001 }, answered: true },
    { name: 'too far ahead', reason: 'too-far-ahead', forged: { expires: 1_800_000_000_000 + 3_000_000_000, inner: { created: 1_800_000_000_000 + 2_999_000_000 } }, answered: true },
    { name: 'sealed for a key that this site does not have', reason: 'unknown-key', forged: { sealedFor: 'm.net' }, answered: true }
  ]

  rows.forEach((row) => {
    it(`${row.name}: ${row.reason}`, async () => {
      const envelope = await world.run(small(world, { from: 'a.net', to: 'b.net', ...row.forged })).catch((err) => err)

      if (envelope instanceof Error) {
        throw envelope
      }

      row.before?.()
      await arrive(envelope, row.via)

      expect(b.tasks.refusals()).to.deep.equal({ [row.reason]: 1 })
      expect(tasksAt(b)).to.equal(0)
      expect(receipts).to.deep.equal(row.answered ? ['a.net'] : [])
    })
  })

  it('tampered with: no byte can be another', async () => {
    const envelope = await world.run(small(world, { from: 'a.net', to: 'b.net' }))

    for (let i = 0; i < envelope.byteLength; i += 7) {
      const spoilt = new Uint8Array(envelope)
      spoilt[i] ^= 1 << (i % 8)
      await arrive(spoilt)
    }

    expect(tasksAt(b)).to.equal(0)
    expect(Object.values(b.tasks.refusals()).reduce((sum, count) => sum + count, 0)).to.equal(Math.ceil(envelope.byteLength / 7))
  })

  it('replayed: the same receipt, and no effect', async () => {
    const envelope = await world.run(small(world, { from: 'a.net', to: 'b.net' }))
    const stored: string[] = []
    const emit = b.events.emit.bind(b.events)
    b.events.emit = (key, event) => { stored.push(key); emit(key, event) }
    await arrive(envelope)
    const effects = stored.length
    await arrive(envelope)
    await arrive(envelope, 'm.net')
    await world.run((async () => { b.kill(); await b.start() })())
    world.network.connectAll()
    await arrive(envelope)

    expect(stored).to.have.length(effects)
    expect(tasksAt(b)).to.equal(1)
    expect(receipts).to.deep.equal(['a.net', 'a.net', 'a.net'])
  })

  it('two copies at a time: one is stored, both senders of them are answered once', async () => {
    const envelope = await world.run(small(world, { from: 'a.net', to: 'b.net' }))
    world.network.send('a.net', 'b.net', { envelope })
    world.network.send('a.net', 'b.net', { envelope })
    await world.settle(100)

    expect(tasksAt(b)).to.equal(1)
    expect(receipts).to.deep.equal(['a.net'])
  })

  it('the id of another\'s envelope, used up by a member before it comes', async () => {
    const id = world.random.bytes(16)
    await arrive(await world.run(small(world, { from: 'm.net', to: 'b.net', id })), 'm.net')
    await arrive(await world.run(small(world, { from: 'a.net', to: 'b.net', id })))

    expect(tasksAt(b)).to.equal(2)
  })

  it('an expired label with another\'s envelope id, brought by a member: nothing is said to anybody', async () => {
    await arrive(await world.run(small(world, { from: 'a.net', to: 'b.net', signer: 'm.net', expires: world.clock.now() - 400_000 })), 'm.net')

    expect(b.tasks.refusals()).to.deep.equal({ expired: 1 })
    expect(receipts).to.be.empty()
  })

  it('what it signed before it was revoked', async () => {
    const envelope = await world.run(small(world, { from: 'a.net', to: 'b.net' }))
    world.membership.judge('a.net', 'revoked')
    await arrive(envelope, 'm.net')

    expect(b.tasks.refusals()).to.deep.equal({ 'not-member': 1 })
    expect(tasksAt(b)).to.equal(0)
  })

  it('revoked while it was being stored', async () => {
    const access: Access = {
      authorize: () => {
        world.membership.judge('a.net', 'revoked')

        return { allowed: true }
      }
    }
    const site = await world.add('r', { access })
    world.network.connectAll()
    world.network.send('a.net', 'r.net', { envelope: await world.run(small(world, { from: 'a.net', to: 'r.net' })) })
    await world.settle(100)

    expect(site.tasks.refusals()).to.deep.equal({ 'not-member': 1 })
    expect(tasksAt(site)).to.equal(0)
  })

  it('labels of another site, more than one link may have under way: that site is not held up', async () => {
    const site = await world.add('r')
    world.network.connectAll()
    const id = world.random.bytes(16)
    const forged = { from: 'a.net', to: 'r.net', signer: 'm.net' }
    const flood = await Promise.all(Array.from({ length: MAX_IN_WORK + 10 }, async (_, i) => small(world, { ...forged, id: i === 0 ? id : undefined })))
    const envelope = await world.run(small(world, { from: 'a.net', to: 'r.net', id }))
    const answered: string[] = []
    site.links.send = (to, frame) => frame.receipts != null && answered.push(to) > 0

    for (const bytes of [...flood, envelope]) {
      world.network.send(bytes === envelope ? 'a.net' : 'm.net', 'r.net', { envelope: bytes })
    }

    await world.settle(100)

    expect(tasksAt(site)).to.equal(1)
    expect(site.tasks.refusals()['bad-signature']).to.be.within(100, 150)
    expect(answered, 'only for what it wrote').to.deep.equal(['a.net'])
  })

  it('more of one site than may be under way: another site is not held up', async () => {
    const site = await world.add('r', {
      // so that many are under way at a time
      wrap: (store) => new Proxy(store, {
        get: (target, name, receiver) => name === 'receiveTask'
          ? async (input: Parameters<Store['receiveTask']>[0]) => {
            await new Promise<void>((resolve) => { world.clock.setTimeout(resolve, 10) })

            return target.receiveTask(input)
          }
          : Reflect.get(target, name, receiver)
      })
    })
    world.network.connectAll()
    const flood = await Promise.all(Array.from({ length: MAX_IN_WORK + 10 }, async () => small(world, { from: 'm.net', to: 'r.net' })))
    const envelope = await world.run(small(world, { from: 'a.net', to: 'r.net' }))
    const answered: string[] = []
    site.links.send = (to, frame) => frame.receipts != null && answered.push(to) > 0

    for (const bytes of [...flood, envelope]) {
      world.network.send(bytes === envelope ? 'a.net' : 'm.net', 'r.net', { envelope: bytes })
    }

    await world.settle(100)

    expect(tasksAt(site)).to.equal(MAX_IN_WORK + 1)
    expect(site.tasks.refusals()).to.have.property('busy', 10)
    expect(new Set(answered)).to.deep.equal(new Set(['a.net', 'm.net']))
  })

  it('bytes that are no envelope', async () => {
    await arrive(world.random.bytes(300))

    expect(b.tasks.refusals()).to.deep.equal({ malformed: 1 })
    expect(receipts).to.be.empty()
  })

  it('a flood of bad signatures: after a while they are not even looked at', async () => {
    const envelope = await world.run(small(world, { from: 'a.net', to: 'b.net', signer: 'm.net' }))

    for (let i = 0; i < 300; i++) {
      world.network.send('m.net', 'b.net', { envelope })
      await world.settle(2)
    }

    const counts = b.tasks.refusals()
    expect(counts['bad-signature']).to.be.within(100, 150)
    expect(counts['over-budget']).to.be.within(150, 200)
    // who is honest is not held up by who is not
    await arrive(await world.run(small(world, { from: 'a.net', to: 'b.net' })))
    expect(tasksAt(b)).to.equal(1)
  })

  it('what the operator\'s policy forbids: for good, with the reason at the sender', async () => {
    const access: Access = { authorize: (principal, operation) => ({ allowed: operation !== 'task.receive', reason: 'not from there' }) }
    const strict = await world.add('s', { access })
    world.network.connectAll()
    const task = world.task('app.a.net', ['worker.s.net'])
    await world.run(world.sites.a.tasks.create(task))
    await world.settle()

    expect(strict.tasks.refusals()).to.deep.equal({ 'not-allowed': 1 })
    expect(strict.core.counts({ now: world.clock.now() }).tasks).to.equal(0)
    const deliveries = await world.run(world.sites.a.tasks.deliveries('app.a.net', task.id))
    expect(deliveries).to.have.nested.property('deliveries[0].state', 'refused')
    expect(deliveries).to.have.nested.property('deliveries[0].reason', 'not-allowed')
  })

  async function tooLarge (size: number): Promise<void> {
    const narrow = await world.add('n', { tasks: { maxBody: 2_000 } })
    world.network.connectAll()
    const large = world.task('app.a.net', ['worker.n.net'], { body: 'x'.repeat(size) })
    const fits = world.task('app.a.net', ['worker.n.net'], { body: 'x'.repeat(2_000) })
    await world.run(world.sites.a.tasks.create(large))
    await world.run(world.sites.a.tasks.create(fits))
    await world.settle()

    expect(narrow.tasks.refusals()).to.deep.equal({ 'body-too-large': 1 })
    expect((await world.run(narrow.tasks.list('worker.n.net', { todo: true }, noWait()))).map(({ id }) => id)).to.deep.equal([fits.id])
    const deliveries = await world.run(world.sites.a.tasks.deliveries('app.a.net', large.id))
    expect(deliveries).to.have.nested.property('deliveries[0].state', 'refused')
    expect(deliveries).to.have.nested.property('deliveries[0].reason', 'body-too-large')
  }

  it('a small body beyond the recipient\'s tasks.maxBody: for good, with the reason at the sender; one that fits arrives', async () => tooLarge(2_001))

  it('a large body beyond the recipient\'s tasks.maxBody: the same', async () => tooLarge(300_000))

  it('a result of an app that was not asked, and one for a task that is not there', async () => {
    const task = world.task('app.b.net', ['worker.a.net'])
    await world.run(b.tasks.create(task))
    const inner = { kind: 2, creator: 'b.net', taskId: task.id, from: 'stranger.m.net', to: ['app.b.net'], status: 'succeeded', incarnation: 1, revision: 1 }
    await arrive(await world.run(small(world, { from: 'm.net', to: 'b.net', inner })), 'm.net')
    await arrive(await world.run(small(world, { from: 'm.net', to: 'b.net', inner: { ...inner, taskId: world.random.uuid() } })), 'm.net')

    expect(b.tasks.refusals()).to.deep.equal({ 'not-recipient': 1, 'unknown-task': 1 })
    expect(await world.run(b.tasks.results('app.b.net', task.id, noWait()))).to.deep.equal({ kind: 'found', results: [] })
  })

  describe('receipts', () => {
    it('forged, foreign or for another site: the delivery stays queued', async () => {
      const { a } = world.sites
      world.network.faults = { loss: 1, duplicate: 0, delay: [1, 1], cutBulk: 0 }
      const task = world.task('app.a.net', ['worker.b.net'])
      await world.run(a.tasks.create(task))
      await world.settle(100)
      world.network.faults = { loss: 0, duplicate: 0, delay: [1, 1], cutBulk: 0 }
      const [{ envelopeId }] = a.core.listOutbox({ site: 'b.net', after: 0, limit: 1, now: world.clock.now() })
      const receipt = { id: envelopeId, hash: new Uint8Array(32), outcome: 'stored' as const, reason: '' }
      const input = { network: 'net', to: 'a.net', at: world.clock.now(), receipts: [receipt] }
      const mallory = world.membership.of('m.net').signer
      const forged = [
        await world.run(signReceipts(mallory, input)),
        await world.run(signReceipts({ ...mallory, siteId: 'b.net' }, input)),
        await world.run(signReceipts(world.membership.of('b.net').signer, { ...input, to: 'm.net' })),
        await world.run(signReceipts(world.membership.of('b.net').signer, { ...input, network: 'other' }))
      ]

      for (const bytes of forged) {
        world.network.send('m.net', 'a.net', { receipts: bytes })
      }

      await world.settle(100)
      expect(await world.run(a.tasks.deliveries('app.a.net', task.id))).to.have.nested.property('deliveries[0].state', 'queued')
      expect(a.tasks.refusals()).to.deep.equal({ 'bad-signature': 1, 'not-for-me': 1, 'wrong-network': 1 })
    })
  })

  it('an older version that comes late is acknowledged and changes nothing', async () => {
    const task = world.task('app.b.net', ['worker.a.net'])
    await world.run(b.tasks.create(task))
    await world.settle()
    const inner = { kind: 2, creator: 'b.net', taskId: task.id, from: 'worker.a.net', to: ['app.b.net'], status: 'succeeded', incarnation: 7 }
    await arrive(await world.run(small(world, { from: 'a.net', to: 'b.net', body: 'newer', inner: { ...inner, revision: 3 } })))
    await arrive(await world.run(small(world, { from: 'a.net', to: 'b.net', body: 'older', inner: { ...inner, revision: 2 } })))
    await arrive(await world.run(small(world, { from: 'a.net', to: 'b.net', body: 'older life', inner: { ...inner, incarnation: 6, revision: 99 } })))

    expect(await world.run(b.tasks.results('app.b.net', task.id, noWait()))).to.have.nested.property('results[0].body', 'newer')
    expect(b.tasks.refusals()).to.deep.equal({})
  })

  it('a repeat of a result after its envelope is forgotten: acknowledged once more, and no effect', async () => {
    const task = world.task('app.b.net', ['worker.a.net'])
    await world.run(b.tasks.create(task))
    await world.settle()
    const id = world.random.bytes(16)
    const inner = { kind: 2, creator: 'b.net', taskId: task.id, from: 'worker.a.net', to: ['app.b.net'], status: 'succeeded', incarnation: 7, revision: 3 }
    const envelope = await world.run(small(world, { from: 'a.net', to: 'b.net', id, expires: world.clock.now() + 3_600_000, inner }))
    await arrive(envelope)
    expect(b.core.findReceived({ envelopeId: id })).to.have.property('outcome', 0)
    await world.settle(RESULT_REMEMBERED + 2_000)
    expect(b.core.findReceived({ envelopeId: id })).to.equal(undefined)
    const [before] = b.core.listResults({ task: { creator: 'b.net', id: task.id } })
    await arrive(envelope)

    expect(b.core.listResults({ task: { creator: 'b.net', id: task.id } })).to.deep.equal([before])
    expect(receipts).to.deep.equal(['a.net', 'a.net'])
    expect(b.tasks.refusals()).to.deep.equal({})
  })
})
