import { expect } from 'aegir/chai'
import { WINDOW_COUNT } from '../../src/tasks/delivery/limits.ts'
import { resultOf, World } from './kit/world.ts'
import type { RecipientDelivery } from '../../src/store/index.ts'
import type { NewTask } from '../../src/tasks/index.ts'
import type { SimSite } from '../simulation/kit/sim-site.ts'

const APP = 'app.a.net'
const WORKER = 'worker.b.net'

describe('tasks: delivery', () => {
  let world: World
  let a: SimSite
  let b: SimSite

  beforeEach(async () => {
    world = await World.of(['a', 'b'])
    a = world.sites.a
    b = world.sites.b
  })
  afterEach(async () => { await world.close() })

  async function post (more: Partial<NewTask> = {}): Promise<NewTask> {
    const task = world.task(APP, [WORKER], more)
    await world.run(a.tasks.create(task))

    return task
  }

  async function delivery (task: NewTask): Promise<RecipientDelivery & { note?: string }> {
    const found = await world.run(a.tasks.deliveries(APP, task.id))

    if (found.kind !== 'found') {
      throw new Error(found.kind)
    }

    return found.deliveries[0]
  }

  function todo (site: SimSite, app: string): number {
    return site.core.listTasks({ app, todo: true, now: site.clock.now(), limit: 10_000 }).length
  }

  it('goes from queued over delivered and claimed to answered', async () => {
    const task = await post()
    expect(await delivery(task)).to.have.property('state', 'queued')
    await world.settle()
    expect(await delivery(task)).to.include({ state: 'delivered' }).and.to.have.property('delivered').that.is.a('number')
    await world.run(b.tasks.answer(resultOf(task, WORKER, { status: 'claimed' })))
    await world.settle()
    expect(await delivery(task)).to.include({ state: 'claimed', status: 'claimed' })
    await world.run(b.tasks.answer(resultOf(task, WORKER)))
    await world.settle()
    expect(await delivery(task)).to.include({ state: 'answered', status: 'succeeded' })
  })

  it('says expired for what came too late', async () => {
    world.network.partition('a.net', 'b.net')
    const task = await post({ ttlMs: 5_000 })
    await world.settle(6_000)
    expect(await delivery(task)).to.have.property('state', 'expired')
    world.network.heal()
    world.network.connectAll()
    await world.settle(60_000)
    expect(b.core.findTasks({ id: task.id })).to.be.empty()
  })

  it('sends again when the envelope or its receipt was lost, with effect once', async () => {
    for (const lost of ['envelope', 'receipts'] as const) {
      const send = world.network.send.bind(world.network)
      let drops = 1
      world.network.send = (from, to, frame) => (frame[lost] != null && drops-- > 0) || send(from, to, frame)
      const task = await post()
      await world.settle(3_000)
      expect(await delivery(task), lost).to.include({ state: 'queued', note: 'sent, no receipt yet' })
      await world.settle(10_000)
      expect(await delivery(task), lost).to.have.property('state', 'delivered')
      expect(b.core.findTasks({ id: task.id })).to.have.length(1)
      world.network.send = send
    }
  })

  it('sends everything again over a new link', async () => {
    world.network.faults = { loss: 1, duplicate: 0, delay: [1, 1], cutBulk: 0 }
    const task = await post()
    await world.settle(100)
    world.network.faults = { loss: 0, duplicate: 0, delay: [1, 1], cutBulk: 0 }
    world.network.breakLink('a.net', 'b.net')
    world.network.connect('a.net', 'b.net')
    await world.settle(100)

    expect(await delivery(task)).to.have.property('state', 'delivered')
  })

  it('goes on after the sender was killed, wherever that was', async () => {
    const task = world.task(APP, [WORKER])
    const posted = a.call(async (tasks) => tasks.create(task)).catch((err: Error) => err.message)
    await world.run(posted)
    a.kill()
    await world.settle(1_000)
    await world.run(a.start())
    world.network.connectAll()
    await world.settle(1_000)

    expect(todo(b, WORKER)).to.equal(1)
    expect(await delivery(task)).to.have.property('state', 'delivered')
  })

  it('asks for a link, again and again, while something waits', async () => {
    world.network.breakLink('a.net', 'b.net')
    const task = await post()
    await world.settle(1_000)
    expect(await delivery(task)).to.have.property('state', 'delivered')

    world.network.partition('a.net', 'b.net')
    const other = await post()
    await world.settle(100_000)
    world.network.heal()
    await world.settle(60_000)
    expect(await delivery(other)).to.have.property('state', 'delivered')
  })

  it('asks for no link when nothing waits any more', async () => {
    const task = await post({ ttlMs: 200_000 })
    await world.settle(1_000)
    expect(await delivery(task)).to.have.property('state', 'delivered')
    let wanted = 0
    a.links.want = () => { wanted++ }
    world.network.partition('a.net', 'b.net')
    await world.settle(120_000)
    expect(wanted).to.equal(0)

    await post({ ttlMs: 60_000 })
    await world.settle(59_000)
    expect(wanted, 'while something waits').to.be.above(1)
    await world.settle(60_000)
    wanted = 0
    await world.settle(120_000)
    expect(wanted, 'after it expired').to.equal(0)
  })

  it('keeps the order and a bounded number on the way', async () => {
    const send = world.network.send.bind(world.network)
    let onTheWay = 0
    let most = 0
    world.network.send = (from, to, frame) => {
      onTheWay += frame.envelope != null ? 1 : 0
      most = Math.max(most, onTheWay)

      return send(from, to, frame)
    }
    // no receipts come back
    b.links.send = () => true
    const tasks: NewTask[] = []

    for (let i = 0; i < WINDOW_COUNT + 100; i++) {
      tasks.push(await post({ body: `${i}` }))
    }

    await world.settle(1_000)
    expect(most).to.equal(WINDOW_COUNT)
    expect(b.core.listTasks({ app: WORKER, todo: true, now: world.clock.now(), limit: 1_000 }).map(({ id }) => id)).to.deep.equal(tasks.slice(0, WINDOW_COUNT).map(({ id }) => id))
  })

  it('seals with the newest key of the recipient at the time of sending', async () => {
    world.network.partition('a.net', 'b.net')
    const task = await post()
    await world.settle(100)
    world.membership.rotate('b.net')
    world.membership.eraseOld('b.net')
    world.network.heal()
    world.network.connectAll()
    await world.settle(100)

    expect(await delivery(task)).to.have.property('state', 'delivered')
    expect(b.tasks.refusals()).to.deep.equal({})
  })

  it('seals anew when the recipient no longer knows the key', async () => {
    world.membership.freeze('b.net')
    world.membership.rotate('b.net')
    world.membership.eraseOld('b.net')
    const task = await post()
    await world.settle(1_000)
    expect(await delivery(task)).to.include({ state: 'queued', note: 'refused for now: unknown-key' })
    expect(b.tasks.refusals()).to.have.property('unknown-key').that.is.above(0)

    // the new record arrives
    world.membership.thaw('b.net')
    await world.settle(10_000)
    expect(await delivery(task)).to.have.property('state', 'delivered')
  })

  describe('membership', () => {
    it('parks what waits for a revoked site, with a reason, and sends it when the site is a member again', async () => {
      world.network.partition('a.net', 'b.net')
      const task = await post()
      await world.settle(100)
      world.membership.judge('b.net', 'revoked')
      await world.settle(100)
      expect(await delivery(task)).to.include({ state: 'parked', reason: 'the site is no member now: revoked' })
      expect(await world.run(a.tasks.create(world.task(APP, [WORKER])))).to.deep.equal({ kind: 'not-members', sites: ['b.net'] })

      world.membership.judge('b.net', 'member')
      world.network.heal()
      world.network.connectAll()
      await world.settle(1_000)
      expect(await delivery(task)).to.have.property('state', 'delivered')
    })

    it('parks what it finds at start for a site that is no member', async () => {
      world.network.partition('a.net', 'b.net')
      const task = await post()
      a.kill()
      world.membership.judge('b.net', 'expired')
      await world.run(a.start())
      await world.settle(100)

      expect(await delivery(task)).to.include({ state: 'parked', reason: 'the site is no member now: expired' })
    })

    it('parks what waits for a site whose admission begins later, and sends it then', async () => {
      const begins = world.clock.now() + 60_000
      const of = world.membership.of.bind(world.membership)
      world.membership.of = (self) => {
        const membership = of(self)
        const { roster } = membership
        const member = roster.member('b.net')

        return {
          ...membership,
          roster: {
            ...roster,
            member: (site) => site === 'b.net' && member != null ? { ...member, notBefore: begins } : roster.member(site),
            standing: (site) => site === 'b.net' && world.clock.now() < begins ? 'not-yet' : roster.standing(site)
          }
        }
      }
      world.network.partition('a.net', 'b.net')
      const task = await post()
      a.kill()
      await world.run(a.start())
      world.network.heal()
      world.network.connectAll()
      await world.settle(50_000)
      expect(await delivery(task)).to.include({ state: 'parked', reason: 'the site is no member now: not-yet' })
      await world.settle(20_000)
      expect(await delivery(task)).to.have.property('state', 'delivered')
    })

    it('takes results only from members', async () => {
      const task = await post()
      await world.settle()
      world.membership.judge('a.net', 'revoked')

      expect(await world.run(b.tasks.answer(resultOf(task, WORKER)))).to.deep.equal({ kind: 'not-members', sites: ['a.net'] })
    })
  })

  describe('what the recipient cannot take now', () => {
    it('its clock was set back: refused for now, with the reason, and taken later', async () => {
      b.clock.skew -= 120_000
      const task = await post()
      await world.settle(3_000)
      expect(await delivery(task)).to.include({ state: 'queued', note: 'refused for now: clock-paused' })
      expect(b.tasks.paused()).to.match(/the clock of this machine is 11\d s behind/)
      await expect(world.run(b.tasks.create(world.task('app.b.net', ['x.b.net'])))).to.eventually.be.rejected.with.property('code', 'UNAVAILABLE')

      b.clock.skew += 120_000
      await world.settle(70_000)
      expect(await delivery(task)).to.have.property('state', 'delivered')
    })

    it('its disk is full: refused for now, and taken later', async () => {
      const { receiveTask } = b.store
      b.store.receiveTask = async () => { throw new Error('database or disk is full') }
      const task = await post()
      await world.settle(3_000)
      expect(await delivery(task)).to.include({ state: 'queued', note: 'refused for now: unavailable' })
      b.store.receiveTask = receiveTask
      await world.settle(70_000)
      expect(await delivery(task)).to.have.property('state', 'delivered')
    })

    it('one that cannot be sealed does not hold up the others', async () => {
      const { readOutbox } = a.store
      const bad = world.task(APP, [WORKER])
      a.store.readOutbox = async (input) => {
        const content = await readOutbox(input)

        if (content?.item.task.id === bad.id) {
          throw new Error('the row is damaged')
        }

        return content
      }
      await world.run(a.tasks.create(bad))
      const good = await post()
      await world.settle()

      expect(await delivery(good)).to.have.property('state', 'delivered')
      expect(await delivery(bad)).to.include({ state: 'queued', note: 'could not be sealed: see the log' })
    })
  })

  it('forgets a courier that has nothing left to do', async () => {
    const task = await post()
    await world.settle(60_000)
    let lists = 0
    const { listOutbox } = a.store
    a.store.listOutbox = async (input) => { lists++; return listOutbox(input) }
    world.membership.rotate('b.net')
    await world.settle(60_000)

    expect(await delivery(task)).to.not.have.property('note')
    expect(lists).to.equal(0)
  })

  it('shows an operator every task of an id with where it stands and why', async () => {
    world.network.partition('a.net', 'b.net')
    const task = await post()
    await world.settle(10)
    const [shown] = await world.run(a.tasks.show(task.id))

    expect(shown).to.include({ id: task.id, from: APP, size: 8 })
    expect(shown.notes).to.have.property('b.net').that.matches(/^no link since /)
    expect(await world.run(a.tasks.recent(5))).to.have.length(1)
    expect(await world.run(a.tasks.show(world.random.uuid()))).to.deep.equal([])
  })
})
