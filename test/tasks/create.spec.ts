import { expect } from 'aegir/chai'
import { NEVER, noWait, resultOf, textOf, World } from './kit/world.ts'

const CREATOR = 'app1.a.net'

describe('tasks: create', () => {
  let world: World

  beforeEach(async () => { world = await World.of(['a', 'b']) })
  afterEach(async () => { await world.close() })

  it('lists the sites that are no members, once for each recipient, and creates nothing', async () => {
    const { tasks } = world.sites.a
    world.membership.admit('gone.net')
    world.membership.judge('gone.net', 'revoked')
    const task = world.task(CREATOR, ['app2.b.net', 'x.nobody.net', 'y.nobody.net', 'z.gone.net', CREATOR])

    expect(await world.run(tasks.create(task))).to.deep.equal({ kind: 'not-members', sites: ['nobody.net', 'nobody.net', 'gone.net'] })
    expect(await world.run(tasks.get(CREATOR, task.id, noWait()))).to.deep.equal({ kind: 'not-found' })
    expect(world.sites.a.core.outboxSites({ now: world.clock.now() })).to.be.empty()
  })

  it('takes a task for a member that is off: it waits, and arrives when the member is back', async () => {
    const { a, b } = world.sites
    b.kill()
    const task = world.task(CREATOR, ['app2.b.net'])
    expect(await world.run(a.tasks.create(task))).to.deep.equal({ kind: 'created' })
    await world.settle(60_000)
    const waiting = await world.run(a.tasks.deliveries(CREATOR, task.id))
    expect(waiting).to.have.nested.property('deliveries[0].state', 'queued')
    expect(waiting).to.have.nested.property('deliveries[0].note').that.matches(/^no link since 20/)

    await world.run(b.start())
    world.network.connectAll()
    await world.settle()
    expect(await world.run(b.tasks.list('app2.b.net', { todo: true }, noWait()))).to.have.length(1)
    expect(await world.run(a.tasks.deliveries(CREATOR, task.id))).to.have.nested.property('deliveries[0].state', 'delivered')
  })

  it('reaches apps of its own site without any network', async () => {
    const { a } = world.sites
    world.network.detach('b.net')
    const task = world.task(CREATOR, ['app2.a.net'])
    await world.run(a.tasks.create(task))

    expect(await world.run(a.tasks.list('app2.a.net', { todo: true }, noWait()))).to.have.length(1)
    expect(await world.run(a.tasks.answer(resultOf(task, 'app2.a.net')))).to.deep.equal({ kind: 'created' })
    expect(await world.run(a.tasks.results(CREATOR, task.id, noWait()))).to.have.property('results').with.length(1)
  })

  it('keeps an id while its task lives, and gives it away afterwards', async () => {
    const { tasks } = world.sites.a
    const task = world.task(CREATOR, ['app2.a.net'], { ttlMs: 5_000 })
    expect(await world.run(tasks.create(task))).to.deep.equal({ kind: 'created' })
    expect(await world.run(tasks.create({ ...task, from: 'other.a.net' }))).to.deep.equal({ kind: 'exists' })
    await world.settle(5_000)
    expect(await world.run(tasks.create({ ...task, body: 'again' }))).to.deep.equal({ kind: 'created' })
    expect(await world.run(tasks.get('app2.a.net', task.id, noWait()))).to.have.nested.property('task.body', 'again')
  })

  it('cuts the ttl to the longest and counts from its own clock', async () => {
    const { tasks, clock } = world.sites.a
    const task = world.task(CREATOR, ['app2.a.net'], { ttl: 'inf', ttlMs: Number.MAX_SAFE_INTEGER })
    await world.run(tasks.create(task))
    const found = await world.run(tasks.get(CREATOR, task.id, noWait()))

    expect(found).to.have.nested.property('task.expires', clock.now() + 2_592_000_000)
    expect(found).to.have.nested.property('task.ttl', 'inf')
  })

  it('hands a body back to recipients and to nobody else', async () => {
    const { tasks } = world.sites.a
    const task = world.task(CREATOR, [CREATOR, 'app2.a.net'])
    const other = world.task(CREATOR, ['app2.a.net'])
    await world.run(tasks.create(task))
    await world.run(tasks.create(other))
    const mine = await world.run(tasks.list(CREATOR, { todo: false, as: 'creator' }, noWait()))

    expect(mine.map(({ body }) => body)).to.deep.equal(['question', undefined])
  })

  it('refuses what breaks a rule and names the field', async () => {
    const { tasks } = world.sites.a
    const bad: Array<[string, Parameters<typeof tasks.create>[0]]> = [
      ['to', world.task(CREATOR, ['app.site.elsewhere'])],
      ['to', world.task(CREATOR, Array.from({ length: 1_025 }, (_, i) => `app${i}.b.net`))],
      ['metadata', world.task(CREATOR, ['app2.b.net'], { metadata: JSON.stringify('x'.repeat(1_048_576)) })],
      ['failure_strategy', world.task(CREATOR, ['app2.b.net'], { failureStrategy: JSON.stringify('x'.repeat(5_000)) })],
      ['body', world.task(CREATOR, ['app2.b.net'], { body: 'x'.repeat(67_108_865) })]
    ]

    for (const [field, task] of bad) {
      await expect(world.run(tasks.create(task)), field).to.eventually.be.rejected.with.property('field', field)
    }

    expect(world.sites.a.core.counts({ now: world.clock.now() }).tasks).to.equal(0)
  })

  it('holds an app to its number of open tasks, until they expire', async () => {
    const site = await world.add('d', { tasks: { maxOpenPerApp: 3 } })

    for (let i = 0; i < 3; i++) {
      await world.run(site.tasks.create(world.task('app1.d.net', ['x.d.net'], { ttlMs: 2_000 })))
    }

    await expect(world.run(site.tasks.create(world.task('app1.d.net', ['x.d.net'])))).to.eventually.be.rejected.with.property('code', 'LIMIT')
    expect(await world.run(site.tasks.create(world.task('app2.d.net', ['x.d.net'])))).to.deep.equal({ kind: 'created' })
    await world.settle(3_000)
    expect(await world.run(site.tasks.create(world.task('app1.d.net', ['x.d.net'])))).to.deep.equal({ kind: 'created' })
  })

  it('keeps large bodies out of the rows and hands them back whole, also across the network', async () => {
    const { a, b } = world.sites
    const body = 'äöü€'.repeat(100_000)
    const task = world.task(CREATOR, ['app2.b.net', 'app2.a.net'], { body })
    await world.run(a.tasks.create(task))
    expect(a.core.findTasks({ id: task.id })[0].body).to.have.property('blob')
    await world.settle(5_000)

    expect(textOf((await world.run(a.tasks.list('app2.a.net', { todo: true }, noWait())))[0])).to.equal(body)
    expect(textOf((await world.run(b.tasks.list('app2.b.net', { todo: true }, noWait())))[0])).to.equal(body)
    expect(await world.run(a.tasks.create(task))).to.deep.equal({ kind: 'exists' })
  })

  it('wakes the recipient\'s and the creator\'s polls, and nobody else\'s', async () => {
    const { a, b } = world.sites
    const ended: string[] = []
    const poll = (site: typeof a, app: string): void => {
      void site.tasks.list(app, { todo: false }, { count: 1, signal: NEVER }).then(() => { ended.push(app) }, () => {})
    }
    poll(a, CREATOR)
    poll(a, 'bystander.a.net')
    poll(b, 'app2.b.net')
    poll(b, 'bystander.b.net')
    await world.settle(10)
    await world.run(a.tasks.create(world.task(CREATOR, ['app2.b.net'])))
    await world.settle()

    expect(ended).to.have.members([CREATOR, 'app2.b.net'])
  })

  it('accepts nothing while it drains', async () => {
    const { tasks, events } = world.sites.a
    events.drain()

    await expect(world.run(tasks.create(world.task(CREATOR, ['app2.a.net'])))).to.eventually.be.rejected.with.property('code', 'UNAVAILABLE')
    await expect(world.run(tasks.answer({ taskId: world.random.uuid(), from: CREATOR, to: [], status: 'claimed', metadata: 'null', body: '' }))).to.eventually.be.rejected.with.property('code', 'UNAVAILABLE')
  })

  it('takes nothing for others when the roster no longer knows this site', async () => {
    const { tasks } = world.sites.a
    world.membership.judge('a.net', 'revoked')

    await expect(world.run(tasks.create(world.task(CREATOR, ['app2.b.net'])))).to.eventually.be.rejected.with.property('code', 'UNAVAILABLE')
    expect(await world.run(tasks.create(world.task(CREATOR, ['app2.a.net'])))).to.deep.equal({ kind: 'created' })
  })
})
