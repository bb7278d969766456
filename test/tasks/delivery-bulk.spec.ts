import { expect } from 'aegir/chai'
import { CHUNK } from '../../src/envelope/index.ts'
import { noWait, textOf, World } from './kit/world.ts'
import type { RecipientDelivery } from '../../src/store/index.ts'
import type { NewTask } from '../../src/tasks/index.ts'
import type { SimSite } from '../simulation/kit/sim-site.ts'

const APP = 'app.a.net'
const WORKER = 'worker.b.net'

describe('tasks: delivery in bulk', () => {
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

  /** Chunks of the channel that reached b, over all channels */
  function countChunks (): { bytes: number, channels: number } {
    const count = { bytes: 0, channels: 0 }
    const openBulk = world.network.openBulk.bind(world.network)
    world.network.openBulk = async (from, to) => {
      const channel = await openBulk(from, to)
      const write = channel.write.bind(channel)
      count.channels++
      channel.write = async (...pieces) => {
        await write(...pieces)
        count.bytes += pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)
      }

      return channel
    }

    return count
  }

  it('carries a body of 20 MiB whole, though the channel is cut again and again, without sending it twice', async () => {
    const count = countChunks()
    const body = 'b'.repeat(20 * 1_048_576)
    world.network.faults = { loss: 0, duplicate: 0, delay: [1, 1], cutBulk: 0.06 }
    const task = await post({ body })
    await world.settle(120_000)

    expect(await delivery(task)).to.have.property('state', 'delivered')
    expect(textOf((await world.run(b.tasks.list(WORKER, { todo: true }, noWait())))[0])).to.equal(body)
    expect(count.channels).to.be.above(1)
    expect(count.bytes).to.be.below(body.length + count.channels * 6 * CHUNK)
  })

  it('goes on where the recipient stands after both were killed', async () => {
    const body = 'c'.repeat(8 * 1_048_576)
    const task = await post({ body })
    await world.settle(15)
    expect((await delivery(task)).note).to.match(/^on its way: \d+ of 33 chunks$/)
    a.kill()
    b.kill()
    await world.run(a.start())
    await world.run(b.start())
    const count = countChunks()
    world.network.connectAll()
    await world.settle(20_000)

    expect(await delivery(task)).to.have.property('state', 'delivered')
    expect(textOf((await world.run(b.tasks.list(WORKER, { todo: true }, noWait())))[0])).to.equal(body)
    expect(count.bytes).to.be.below(body.length)
  })

  it('never holds up a small one', async () => {
    for (let i = 0; i < 4; i++) {
      await post({ body: 'd'.repeat(10 * 1_048_576) })
    }

    const small = await post()
    await world.settle(10)

    expect(await delivery(small)).to.have.property('state', 'delivered')
    expect(todo(b, WORKER)).to.equal(1)
    await world.settle(10_000)
    expect(todo(b, WORKER)).to.equal(5)
  })

  it('carries what is large because of its header too', async () => {
    const metadata = JSON.stringify('m'.repeat(400_000))
    const task = await post({ metadata })
    await world.settle(5_000)

    expect(await delivery(task)).to.have.property('state', 'delivered')
    expect((await world.run(b.tasks.list(WORKER, { todo: true }, noWait())))[0]).to.include({ metadata, body: 'question' })
  })

  it('finds more large ones than it keeps in memory', async () => {
    const body = 'e'.repeat(140_000)

    for (let i = 0; i < 300; i++) {
      await post({ body })
    }

    await world.settle(120_000)
    expect(todo(b, WORKER)).to.equal(300)
    expect(a.core.outboxSites({ now: world.clock.now() })).to.be.empty()
  }).timeout(60_000)
})
