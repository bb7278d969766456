import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { SteadyClock } from '../../src/tasks/steady-clock.ts'
import { noWait, resultOf, World } from './kit/world.ts'

const APP = 'app.a.net'
const WORKER = 'worker.b.net'

describe('tasks: clocks and expiry', () => {
  let world: World

  afterEach(async () => { await world.close() })

  it('a task expires at the same instant on both sites, though their clocks differ', async () => {
    for (const skew of [-280_000, 0, 280_000]) {
      world = new World()
      const a = await world.add('a')
      const b = await world.add('b', { skew })
      world.network.connectAll()
      const task = world.task(APP, [WORKER], { ttlMs: 10_000 })
      await world.run(a.tasks.create(task))
      await world.settle(9_900)
      expect(await world.run(a.tasks.list(APP, { todo: false }, noWait())), `${skew}`).to.have.length(1)
      expect(await world.run(b.tasks.list(WORKER, { todo: true }, noWait())), `${skew}`).to.have.length(1)
      await world.settle(101)
      expect(await world.run(a.tasks.list(APP, { todo: false }, noWait())), `${skew}`).to.be.empty()
      expect(await world.run(b.tasks.list(WORKER, { todo: true }, noWait())), `${skew}`).to.be.empty()

      if (skew !== 280_000) {
        await world.close()
      }
    }
  })

  it('believes another clock no further than five minutes', async () => {
    world = new World()
    const a = await world.add('a')
    const b = await world.add('b', { skew: -290_000 })
    world.network.connectAll()
    // a says that b is hours behind
    b.links.clockOffset = () => 20_000_000
    const task = world.task(APP, [WORKER], { ttlMs: 3_600_000 })
    await world.run(a.tasks.create(task))
    await world.settle(100)

    expect(b.core.findTasks({ id: task.id })[0].localExpires).to.equal(a.core.findTasks({ id: task.id })[0].expires - 300_000)
  })

  it('keeps results for a while after the expiry, then purges everything of the task', async () => {
    world = await World.of(['a', 'b'], { tasks: { retention: 60_000 } })
    const { a, b } = world.sites
    const task = world.task(APP, [WORKER], { ttlMs: 5_000 })
    await world.run(a.tasks.create(task))
    await world.settle()
    await world.run(b.tasks.answer(resultOf(task, WORKER)))
    await world.settle(10_000)
    expect(await world.run(a.tasks.results(APP, task.id, { count: 5, signal: noWait().signal }), 10)).to.have.property('results').with.length(1)
    await world.settle(60_000)
    expect(await world.run(a.tasks.results(APP, task.id, noWait()))).to.deep.equal({ kind: 'not-found' })
    expect(b.core.findTasks({ id: task.id })).to.be.empty()
  })

  it('pauses when the clock falls behind what it showed, also in an earlier life, and goes on when it is right', async () => {
    world = await World.of(['a'])
    const { a } = world.sites
    await world.settle(20_000)
    a.kill()
    a.clock.skew -= 100_000
    await world.run(a.start())
    expect(a.tasks.paused()).to.match(/behind what it showed before: nothing is accepted/)
    await expect(world.run(a.tasks.create(world.task(APP, ['x.a.net'])))).to.eventually.be.rejected.with.property('code', 'UNAVAILABLE')
    await world.settle(45_000)
    expect(a.tasks.paused()).to.equal(undefined)
    expect(await world.run(a.tasks.create(world.task(APP, ['x.a.net'])))).to.deep.equal({ kind: 'created' })
  })

  it('goes on at once when the operator accepts a clock that was far ahead, also after a restart', async () => {
    world = await World.of(['a'])
    const { a } = world.sites
    a.clock.skew += 86_400_000
    await world.settle(10_000)
    a.clock.skew -= 86_400_000
    expect(a.tasks.paused()).to.match(/behind what it showed before/)

    const accepted = await world.run(a.tasks.acceptClock())

    expect(accepted.was - accepted.now).to.be.within(86_000_000, 86_500_000)
    expect(a.tasks.paused()).to.equal(undefined)
    expect(await world.run(a.tasks.create(world.task(APP, ['x.a.net'])))).to.deep.equal({ kind: 'created' })
    await world.settle(10_000)
    expect(a.tasks.paused(), 'the mark in the store went back too').to.equal(undefined)
    expect(a.core.touchClock({ now: 0 })).to.be.below(accepted.was - 80_000_000)
  })

  it('does not revive what expired when the clock is set back', async () => {
    world = await World.of(['a'])
    const { a } = world.sites
    const task = world.task(APP, ['x.a.net'], { ttlMs: 5_000 })
    await world.run(a.tasks.create(task))
    await world.settle(20_000)
    a.clock.skew -= 3_600_000

    expect(await world.run(a.tasks.list('x.a.net', { todo: true }, noWait()))).to.be.empty()
    expect(await world.run(a.tasks.get(APP, task.id, noWait()))).to.deep.equal({ kind: 'not-found' })
  })

  it('refuses for now, never for good, what expired by a clock that differs by hours: whose is wrong is not known', async () => {
    world = new World()
    const a = await world.add('a')
    const b = await world.add('b', { skew: 21_600_000 })
    world.network.connectAll()
    const task = world.task(APP, [WORKER], { ttlMs: 3_600_000 })
    await world.run(a.tasks.create(task))
    await world.settle(2_000)
    expect(b.tasks.refusals()).to.have.property('clocks-differ').that.is.above(0)
    expect(await world.run(b.tasks.list(WORKER, { todo: true }, noWait()))).to.be.empty()

    // set right, and the operator says so
    b.clock.skew = 0
    await world.run(b.tasks.acceptClock())
    await world.settle(60_000)
    expect(await world.run(b.tasks.list(WORKER, { todo: true }, noWait()))).to.have.length(1)
  })

  it('accepts nothing while other sites show that its clock is wrong, and lets nothing expire by it', async () => {
    world = new World()
    let wrong: string | undefined
    const a = await world.add('a', { judge: { wrong: () => wrong, trusted: () => wrong == null }, tasks: { retention: 1_000 } })
    const task = world.task(APP, ['x.a.net'], { ttlMs: 1_000 })
    await world.run(a.tasks.create(task))
    wrong = 'the clock of this machine is 6.0 h ahead'
    expect(a.tasks.paused()).to.equal(wrong)
    await expect(world.run(a.tasks.create(world.task(APP, ['x.a.net'])))).to.eventually.be.rejectedWith(wrong)
    await world.settle(5_000)
    expect(a.core.findTasks({ id: task.id })).to.have.length(1)
    wrong = undefined
    await world.settle(5_000)
    expect(a.core.findTasks({ id: task.id })).to.be.empty()
  })

  it('a small step back pauses nothing and shows no earlier instant', async () => {
    world = await World.of([])
    let wall = 1_000_000
    const marks: number[] = []
    const clock = new SteadyClock({
      clock: { now: () => wall, monotonic: () => 0, setTimeout: () => ({ cancel: () => {} }) },
      store: { touchClock: async ({ now }) => { marks.push(now); return Math.max(...marks) }, resetClock: async () => 0 },
      events: { draining: false },
      log: silentLog
    })
    await clock.start()
    wall -= 60_000
    expect(clock.now()).to.equal(1_000_000)
    expect(clock.paused()).to.equal(undefined)
    wall -= 1
    expect(clock.paused()).to.be.a('string')
    expect(() => { clock.check() }).to.throw('60 s behind').with.property('code', 'UNAVAILABLE')
    clock.stop()
  })

  it('goes on sweeping after the store failed once', async () => {
    world = await World.of(['a'])
    const { a } = world.sites
    const { expireStep } = a.store
    let failures = 2
    a.store.expireStep = async (input) => {
      if (failures-- > 0) {
        throw new Error('database is locked')
      }

      return expireStep(input)
    }
    const task = world.task(APP, ['x.a.net'], { ttlMs: 1_000 })
    await world.run(a.tasks.create(task))
    const found = world.run(a.tasks.results(APP, task.id, { count: 1, signal: noWait().signal }), 5_000)

    expect(await found).to.deep.equal({ kind: 'found', results: [] })
  })
})
