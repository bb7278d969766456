import { expect } from 'aegir/chai'
import { decodeHead } from '../../src/envelope/decode.ts'
import { BulkMessage } from '../../src/protocols/bulk/pb/bulk.ts'
import { seal } from './kit/forge.ts'
import { noWait, textOf, World } from './kit/world.ts'
import type { Forged } from './kit/forge.ts'
import type { SealedEnvelope } from '../../src/envelope/index.ts'
import type { SimSite } from '../simulation/kit/sim-site.ts'

const BODY = 'x'.repeat(700_000)

describe('tasks: what is refused over a bulk channel', () => {
  let world: World
  let b: SimSite

  beforeEach(async () => {
    world = await World.of(['a', 'b', 'm'])
    b = world.sites.b
  })
  afterEach(async () => {
    expect(b.links.undone, 'frames that were never done').to.equal(0)
    await world.close()
  })

  function tasksAt (site: SimSite): number {
    return site.core.counts({ now: world.clock.now() }).tasks
  }

  async function offer (forged: Partial<Forged>, spoil?: (chunk: Uint8Array, index: number) => Uint8Array): Promise<BulkMessage | undefined> {
    return transfer(await world.run(seal(world, { from: 'a.net', to: 'b.net', body: BODY, ...forged })), spoil)
  }

  async function transfer (sealed: SealedEnvelope, spoil: (chunk: Uint8Array, index: number) => Uint8Array = (chunk) => chunk): Promise<BulkMessage | undefined> {
    const channel = await world.network.openBulk('a.net', 'b.net')
    const talk = async (): Promise<BulkMessage | undefined> => {
      await channel.write(BulkMessage.encode({ offer: { head: new Uint8Array(sealed.head) } }))
      const first = await read()

      if (first?.start == null) {
        return first
      }

      for (let i = first.start.chunk; i < sealed.chunks; i++) {
        await channel.write(BulkMessage.encode({ data: new Uint8Array(spoil(await sealed.chunk(i), i)) }))
      }

      return read()
    }
    const read = async (): Promise<BulkMessage | undefined> => {
      const message = await channel.read()

      return message == null ? undefined : BulkMessage.decode(message)
    }

    return world.run(talk().catch(() => undefined))
  }

  it('accepts what is right', async () => {
    expect(await offer({})).to.have.property('done')
    expect(tasksAt(b)).to.equal(1)
    expect(textOf((await world.run(b.tasks.list('worker.b.net', { todo: true }, noWait())))[0])).to.equal(BODY)
  })

  it('a forged from: cut before a byte of it is taken', async () => {
    expect(await offer({ signer: 'm.net' })).to.equal(undefined)
    expect(b.tasks.refusals()).to.deep.equal({ 'bad-signature': 1 })
    expect(tasksAt(b)).to.equal(0)
  })

  it('a chunk that was spoilt on the way: cut, and what came before it is kept for the next try', async () => {
    const id = world.random.bytes(16)
    expect(await offer({ id }, (chunk, i) => i === 2 ? chunk.map((byte, at) => at === 99 ? byte ^ 1 : byte) : chunk)).to.equal(undefined)
    expect(b.tasks.refusals()).to.deep.equal({ unopenable: 1 })
    expect(tasksAt(b)).to.equal(0)
  })

  it('a body that is not what the header says: refused for good', async () => {
    expect(await offer({ inner: { bodySha256: new Uint8Array(32) } })).to.have.property('done')
    expect(b.tasks.refusals()).to.deep.equal({ inconsistent: 1 })
    expect(tasksAt(b)).to.equal(0)
  })

  it('what was refused leaves nothing behind, nor what was stored with a small body', async () => {
    const metadata = JSON.stringify('m'.repeat(300_000))

    for (const [inner, body, tasks] of [[{ bodySha256: new Uint8Array(32) }, BODY, 0], [{ metadata }, 'small', 1]] as const) {
      const sealed = await world.run(seal(world, { from: 'a.net', to: 'b.net', body, inner }))
      expect(await transfer(sealed)).to.have.property('done')
      expect(tasksAt(b)).to.equal(tasks)
      const { id, hash } = decodeHead(sealed.head).label
      expect(b.core.beginInbound({ envelopeId: id, site: 'a.net', hash, now: world.clock.now() })).to.have.property('chunks', 0)
    }
  })

  it('a message that is no offer', async () => {
    const channel = await world.network.openBulk('a.net', 'b.net')
    const talk = async (): Promise<unknown> => {
      await channel.write(BulkMessage.encode({ data: new Uint8Array(10) }))

      return channel.read()
    }

    await expect(world.run(talk())).to.eventually.be.rejected()
  })
})
