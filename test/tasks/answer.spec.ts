import { expect } from 'aegir/chai'
import { noWait, resultOf, World } from './kit/world.ts'
import type { NewTask } from '../../src/tasks/index.ts'

const WORKER = 'worker.c.net'

describe('tasks: answer', () => {
  let world: World

  beforeEach(async () => { world = await World.of(['a', 'b', 'c']) })
  afterEach(async () => { await world.close() })

  async function twins (): Promise<{ ofA: NewTask, ofB: NewTask }> {
    const ofA = world.task('app.a.net', [WORKER], { body: 'from a' })
    const ofB = { ...ofA, from: 'app.b.net', body: 'from b' }
    await world.run(world.sites.a.tasks.create(ofA))
    await world.run(world.sites.b.tasks.create(ofB))
    await world.settle()

    return { ofA, ofB }
  }

  it('says created for the first result of an app and updated for the next', async () => {
    const { a, c } = world.sites
    const task = world.task('app.a.net', [WORKER])
    await world.run(a.tasks.create(task))
    await world.settle()

    expect(await world.run(c.tasks.answer(resultOf(task, WORKER, { status: 'claimed', body: '' })))).to.deep.equal({ kind: 'created' })
    expect(await world.run(c.tasks.answer(resultOf(task, WORKER)))).to.deep.equal({ kind: 'updated' })
    expect(await world.run(c.tasks.answer(resultOf(task, WORKER, { status: 'claimed' })))).to.deep.equal({ kind: 'ignored' })
    await world.settle()
    expect(await world.run(a.tasks.results('app.a.net', task.id, noWait()))).to.have.nested.property('results[0].status', 'succeeded')
  })

  it('tells an unknown task from one that is not for the app', async () => {
    const { a, c } = world.sites
    const task = world.task('app.a.net', [WORKER])
    await world.run(a.tasks.create(task))
    await world.settle()

    expect(await world.run(c.tasks.answer(resultOf({ id: world.random.uuid(), from: 'app.a.net' }, WORKER)))).to.deep.equal({ kind: 'unknown-task' })
    expect(await world.run(c.tasks.answer(resultOf(task, 'other.c.net')))).to.deep.equal({ kind: 'not-recipient' })
  })

  it('does not reach the apps of a site that is itself the recipient', async () => {
    const { a, c } = world.sites
    const task = world.task('app.a.net', ['c.net'])
    await world.run(a.tasks.create(task))
    await world.settle()

    expect(await world.run(c.tasks.list(WORKER, { todo: false }, noWait()))).to.be.empty()
    expect(await world.run(c.tasks.list('c.net', { todo: true }, noWait()))).to.have.length(1)
    expect(await world.run(c.tasks.answer(resultOf(task, WORKER)))).to.deep.equal({ kind: 'not-recipient' })
  })

  it('lists the sites in `to` that are no members, before it looks at the task', async () => {
    const result = resultOf({ id: world.random.uuid(), from: 'app.a.net' }, WORKER, { to: ['app.a.net', 'app.nobody.net'] })

    expect(await world.run(world.sites.c.tasks.answer(result))).to.deep.equal({ kind: 'not-members', sites: ['nobody.net'] })
  })

  it('takes no answers to an expired task', async () => {
    const { a, c } = world.sites
    const task = world.task('app.a.net', [WORKER], { ttlMs: 5_000 })
    await world.run(a.tasks.create(task))
    await world.settle(5_001)

    expect(await world.run(c.tasks.answer(resultOf(task, WORKER)))).to.deep.equal({ kind: 'unknown-task' })
  })

  describe('two creators used the same id', () => {
    it('both tasks are listed, each with its own body', async () => {
      await twins()
      const todo = await world.run(world.sites.c.tasks.list(WORKER, { todo: true }, noWait()))

      expect(todo.map(({ from, body }) => `${from}: ${body}`)).to.have.members(['app.a.net: from a', 'app.b.net: from b'])
    })

    it('the result\'s `to` decides which is answered', async () => {
      const { ofA, ofB } = await twins()
      const { a, b, c } = world.sites
      expect(await world.run(c.tasks.answer(resultOf(ofB, WORKER, { body: 'for b' })))).to.deep.equal({ kind: 'created' })
      await world.settle()

      expect(await world.run(b.tasks.results('app.b.net', ofB.id, noWait()))).to.have.nested.property('results[0].body', 'for b')
      expect(await world.run(a.tasks.results('app.a.net', ofA.id, noWait()))).to.deep.equal({ kind: 'found', results: [] })
    })

    it('names both creators when `to` does not decide, and changes nothing', async () => {
      const { ofA } = await twins()
      const { c } = world.sites

      for (const to of [[], [WORKER], ['app.a.net', 'app.b.net']]) {
        const outcome = await world.run(c.tasks.answer(resultOf(ofA, WORKER, { to })))
        expect(outcome).to.have.property('kind', 'ambiguous')
        expect(outcome).to.have.property('creators').with.members(['app.a.net', 'app.b.net'])
      }

      expect(await world.run(c.tasks.list(WORKER, { todo: true }, noWait()))).to.have.length(2)
    })

    it('asking for the id names both creators', async () => {
      const { ofA } = await twins()
      const found = await world.run(world.sites.c.tasks.get(WORKER, ofA.id, noWait()))

      expect(found).to.have.property('kind', 'ambiguous')
      expect(found).to.have.property('creators').with.members(['app.a.net', 'app.b.net'])
      expect(await world.run(world.sites.a.tasks.get('app.a.net', ofA.id, noWait()))).to.have.property('kind', 'found')
    })

    it('one of them that expired is no longer in the way', async () => {
      const { a, b, c } = world.sites
      const ofA = world.task('app.a.net', [WORKER], { ttlMs: 2_000 })
      await world.run(a.tasks.create(ofA))
      await world.run(b.tasks.create({ ...ofA, from: 'app.b.net', ttlMs: 60_000 }))
      await world.settle(2_500)

      expect(await world.run(c.tasks.answer(resultOf(ofA, WORKER, { to: [] })))).to.deep.equal({ kind: 'created' })
    })
  })

  it('shows results and deliveries to the creator alone', async () => {
    const { a, c } = world.sites
    const task = world.task('app.a.net', [WORKER])
    await world.run(a.tasks.create(task))
    await world.settle()
    const nowhere = world.random.uuid()

    for (const [site, app, id, kind] of [[a, 'other.a.net', task.id, 'not-creator'], [c, WORKER, task.id, 'not-creator'], [a, 'app.a.net', nowhere, 'not-found']] as const) {
      expect(await world.run(site.tasks.results(app, id, noWait()))).to.deep.equal({ kind })
      expect(await world.run(site.tasks.deliveries(app, id))).to.deep.equal({ kind })
      expect(await world.run(site.tasks.watch(app, id, 0, noWait()))).to.deep.equal({ kind })
    }
  })
})
