import { expect } from 'aegir/chai'
import { BulkMessage } from '../../src/protocols/bulk/pb/bulk.ts'
import { BULK_END } from '../../src/tasks/delivery/limits.ts'
import { sendBulk } from '../../src/tasks/delivery/send-bulk.ts'
import { channelPair } from '../simulation/kit/sim-channel.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'
import { seal } from './kit/forge.ts'
import { World } from './kit/world.ts'
import type { Access } from '../../src/access/index.ts'
import type { DeliveryContext } from '../../src/tasks/delivery/context.ts'
import type { SimChannel } from '../simulation/kit/sim-channel.ts'

const BODY = 'x'.repeat(3_000_000)

describe('tasks: an answer in the middle of a transfer', () => {
  it('frees the sender at once, although its write never finds room', async () => {
    const clock = new VirtualClock()
    const [mine, other] = channelPair({ clock, cut: () => false, delay: () => 1 })
    const receipts = new Uint8Array([1, 2, 3])
    const recipient = async (): Promise<void> => {
      await other.read()
      await other.write(BulkMessage.encode({ start: { chunk: 0 } }))
      await new Promise<void>((resolve) => { clock.setTimeout(resolve, 500) })
      await other.write(BulkMessage.encode({ done: { receipts } }))
      await other.close()
    }
    const context = { clock, links: { openBulk: async () => mine } } as unknown as DeliveryContext
    const sealed = { head: new Uint8Array(300), hash: new Uint8Array(32), size: 0, chunks: 200, chunk: async () => new Uint8Array(1_000) }
    const [answer] = await clock.until(Promise.all([
      sendBulk(context, { site: 'b.net', sealed, signal: new AbortController().signal, onProgress: () => {} }),
      recipient()
    ]), 2_000)

    expect(new Uint8Array(answer)).to.deep.equal(receipts)
    await expect(clock.until(mine.write(new Uint8Array(1))), 'the channel is over').to.eventually.be.rejected()
  })

  describe('at the recipient', () => {
    let world: World
    const access: Access = { authorize: (principal, operation) => ({ allowed: operation !== 'task.receive', reason: 'not from there' }) }

    beforeEach(async () => { world = await World.of(['a', 'b'], { access }) })
    afterEach(async () => { await world.close() })

    async function offer (): Promise<SimChannel> {
      const sealed = await world.run(seal(world, { from: 'a.net', to: 'b.net', body: BODY }))
      const channel = await world.network.openBulk('a.net', 'b.net') as SimChannel
      await world.run(channel.write(BulkMessage.encode({ offer: { head: new Uint8Array(sealed.head) } })))
      await world.run(channel.read())
      await world.run(channel.write(BulkMessage.encode({ data: new Uint8Array(await sealed.chunk(0)) })))

      return channel
    }

    it('ends the channel soon, even when the sender never stops', async () => {
      const channel = await offer()
      const answer = await world.run(channel.read())
      expect(BulkMessage.decode(answer ?? new Uint8Array(0))).to.have.property('done')
      let written = 0
      const flood = async (): Promise<void> => {
        for (;;) {
          await channel.write(new Uint8Array(1_000))
          written++
        }
      }
      const over = flood().catch(() => 'cut')
      await world.settle(BULK_END + 1_000)

      expect(await Promise.race([over, Promise.resolve('goes on')])).to.equal('cut')
      expect(written, 'nobody is held up by room that never comes').to.be.above(100)
    })

    it('a message that does not decode is the peer\'s fault, counted and not logged as ours', async () => {
      const channel = await world.network.openBulk('a.net', 'b.net')
      await world.run(channel.write(new Uint8Array([0xff, 0xff, 0xff])))
      await world.settle()

      expect(world.sites.b.tasks.refusals()).to.deep.equal({ malformed: 1 })
    })
  })
})
