/** A keeper that lies: noticed where that is possible, harmless where it is not. */
import { expect } from 'aegir/chai'
import { MAX_LIES } from '../../src/mailbox/limits.ts'
import { eventually, Fleet, pause } from './kit.ts'
import { honest, Liar } from './liar.ts'
import type { Daemon } from './kit.ts'
import type { Lie } from './liar.ts'

describe('a keeper that lies', () => {
  let fleet: Fleet | undefined
  let liar: Liar
  let keeper: Daemon
  let sender: Daemon
  let recipient: Daemon

  /** Tasks are at the liar, the sender is off, the recipient is on. Two of one length, so that their bytes can be exchanged */
  async function mailed (lie: Lie, bodies: string[] = ['one', 'two']): Promise<void> {
    liar = new Liar(lie)
    const built = await Fleet.of([{ mailbox: { enabled: 'yes' }, serve: liar.serve }, {}, {}])
    fleet = built.fleet
    keeper = built.daemons[0]
    sender = built.daemons[1]
    recipient = built.daemons[2]
    await recipient.stop()

    for (const body of bodies) {
      await sender.ask([recipient], body)
    }

    await eventually(async () => liar.kept.length === bodies.length, 'the liar has all')
    await sender.stop()
    await recipient.start()
    await eventually(async () => recipient.network.links.isUp(keeper.id) && liar.asked > 0, 'the recipient asks')
  }

  const lies = async (): Promise<number> => (await recipient.mailbox.figures()).lies[keeper.id] ?? 0
  const todo = async (): Promise<string[]> => (await recipient.todo()).map(({ body }) => body ?? '').sort()

  /** Whatever happened: when the sender is back, each task is there once and both sides agree */
  async function healed (): Promise<void> {
    await sender.start()
    await eventually(async () => (await sender.tasks.waiting(10)).length === 0, 'the sender has its receipts')
    expect(await todo()).to.deep.equal(['one', 'two'])
  }

  afterEach(async () => {
    await fleet?.close()
    fleet = undefined
  })

  it('is of use while it does not', async () => {
    await mailed(honest)
    await eventually(async () => (await todo()).length === 2, 'both arrive')
    expect(await lies()).to.equal(0)
    await healed()
  })

  it('and withholds: the sender keeps what it has', async () => {
    await mailed((request, kept) => request.list == null ? honest(request, kept) : { listing: { entries: [], more: false } })
    await pause(200)
    expect(await todo()).to.deep.equal([])
    await healed()
  })

  it('and hangs up, or answers with something else', async () => {
    await mailed((request, kept) => request.list == null ? undefined : honest(request, kept))
    await pause(200)
    expect(await todo()).to.deep.equal([])
    liar.lie = () => ({ stored: { until: 1 } })
    await healed()
  })

  it('and exchanges the bytes of two envelopes: neither is taken, both are lies', async () => {
    await mailed((request, kept) => request.fetch == null ? honest(request, kept) : { data: kept[2 - request.fetch.place].data[0] })
    await eventually(async () => await lies() >= 2, 'it was noticed')
    expect(await todo()).to.deep.equal([])
    await healed()
  })

  it('and spoils a chunk of a large one', async () => {
    await mailed((request, kept) => {
      const data = new Uint8Array(kept[0].data[0])
      data[1_000] ^= 1

      return request.fetch == null ? honest(request, kept) : { data }
    }, ['x'.repeat(400_000)])
    await eventually(async () => await lies() > 0, 'it was noticed')
    expect(await recipient.todo()).to.have.lengthOf(0)
    await sender.start()
    await eventually(async () => (await sender.tasks.waiting(10)).length === 0, 'the sender has its receipt')
    expect(await recipient.todo()).to.have.lengthOf(1)
  })

  it('and changes a label, or signs another one under it', async () => {
    await mailed((request, kept, site) => {
      if (request.list == null) {
        return honest(request, kept)
      }

      const entries = kept.map(({ head }, index) => {
        const changed = new Uint8Array(head)
        // the last byte of the signature, or one of the label, in the envelope id
        changed[index === 0 ? changed.byteLength - 1 : 20] ^= 1

        return { place: index + 1, head: changed }
      })

      return { listing: { entries, more: false } }
    })
    await eventually(async () => await lies() >= 2, 'it was noticed')
    expect(await todo()).to.deep.equal([])
    await healed()
  })

  it('and repeats one envelope without an end: the round ends, and it is left alone', async () => {
    await mailed((request, kept) => request.list == null
      ? honest({ ...request, ...(request.fetch == null ? {} : { fetch: { place: 1, chunk: 0 } }) }, kept)
      : { listing: { entries: Array.from({ length: 64 }, (_, index) => ({ place: request.list!.after + index + 1, head: kept[0].head })), more: true } })
    await eventually(async () => await lies() >= MAX_LIES, 'it was noticed')
    await eventually(async () => (await todo()).length === 1, 'the one is taken once')
    await pause(100)
    const { asked } = liar
    await pause(300)
    expect(liar.asked).to.equal(asked)
    await healed()
  })

  it('and lists without an end, in falling places', async () => {
    await mailed((request, kept) => request.list == null
      ? honest(request, kept)
      : { listing: { entries: kept.map(({ head }, index) => ({ place: 2 - index, head })), more: true } })
    await eventually(async () => await lies() > 0, 'it was noticed')
    expect(await todo()).to.deep.equal([])
    await healed()
  })

  it('and shows mail of another site', async () => {
    liar = new Liar(honest)
    const built = await Fleet.of([{ mailbox: { enabled: 'yes' }, serve: liar.serve }, {}, {}, {}])
    fleet = built.fleet
    keeper = built.daemons[0]
    const [, from, to, other] = built.daemons
    await to.stop()
    await from.ask([to], 'for one only')
    await eventually(async () => liar.kept.length === 1, 'the liar has it')
    recipient = other
    await other.stop()
    await other.start()
    await eventually(async () => await lies() > 0, 'it was noticed')
    expect(await other.todo()).to.have.lengthOf(0)
  })

  it('and hands out what a revoked site left: not even fetched', async () => {
    await mailed(() => ({ listing: { entries: [], more: false } }))
    let fetched = 0
    await recipient.stop()
    // the keeper is the founder, which holds the authority key
    await keeper.membership.authority!.revoke(sender.id, 'left the study')
    liar.lie = (request, kept) => {
      fetched += request.fetch == null ? 0 : 1

      return honest(request, kept)
    }
    const { asked } = liar
    await recipient.start()
    await eventually(async () => liar.asked > asked + 1, 'the recipient asks, and signs that it wants none of it')
    expect(recipient.membership.roster.standing(sender.id)).to.equal('revoked')
    expect(fetched).to.equal(0)
    expect(await todo()).to.deep.equal([])
  })
})
