import { expect } from 'aegir/chai'
import { noWait, resultOf, World } from './kit/world.ts'

describe('tasks: the main flow', () => {
  let world: World

  beforeEach(async () => { world = await World.of(['a', 'b', 'c']) })
  afterEach(async () => { await world.close() })

  it('carries a task to another site and its result back', async () => {
    const { a, b } = world.sites
    const task = world.task('app1.a.net', ['app2.b.net'])
    expect(await world.run(a.tasks.create(task))).to.deep.equal({ kind: 'created' })
    await world.settle()

    const todo = await world.run(b.tasks.list('app2.b.net', { todo: true }, noWait()))
    expect(todo).to.have.length(1)
    expect(todo[0]).to.include({ id: task.id, from: 'app1.a.net', body: 'question', ttl: '1h', metadata: 'null', failureStrategy: '"discard"', creator: 'a.net' })

    expect(await world.run(b.tasks.answer(resultOf(task, 'app2.b.net')))).to.deep.equal({ kind: 'created' })
    await world.settle()
    const results = await world.run(a.tasks.results('app1.a.net', task.id, noWait()))
    expect(results).to.have.nested.property('results[0].body', 'answer')
    expect(results).to.have.nested.property('results[0].from', 'app2.b.net')
    expect(await world.run(a.tasks.deliveries('app1.a.net', task.id))).to.have.nested.property('deliveries[0].state', 'answered')
  })
})
