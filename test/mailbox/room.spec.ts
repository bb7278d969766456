/** Quotas, full keepers, and a keeper that is killed at the worst moment. */
import { expect } from 'aegir/chai'
import { eventually, Fleet } from './kit.ts'
import type { Daemon } from './kit.ts'
import type { Store } from '../../src/store/index.ts'

describe('the room of a mailbox', () => {
  let fleet: Fleet | undefined

  afterEach(async () => {
    await fleet?.close()
    fleet = undefined
  })

  it('a flood of one member fills its own share only; nothing of it is lost', async () => {
    const built = await Fleet.of([{ mailbox: { enabled: 'yes', maxEnvelopesPerSender: 5 } }, {}, {}, {}])
    fleet = built.fleet
    const [keeper, flood, other, recipient] = built.daemons
    const kept = async (): Promise<number> => (await keeper.mailbox.figures()).envelopes
    await recipient.stop()

    for (let i = 0; i < 12; i++) {
      await flood.ask([recipient], `flood ${i}`)
    }

    await eventually(async () => await kept() === 5, 'its share is full')
    await eventually(async () => ((await keeper.mailbox.figures()).refused['quota-sender'] ?? 0) > 0, 'the keeper said why')
    await other.ask([recipient], 'a quiet word')
    await eventually(async () => await kept() === 6, 'another one still finds room')
    await flood.stop()
    await other.stop()
    await recipient.start()
    await eventually(async () => (await recipient.todo()).length === 6, 'what was kept arrives')
    expect((await recipient.todo()).map(({ body }) => body)).to.include('a quiet word')
    await flood.start()
    await eventually(async () => (await recipient.todo()).length === 13, 'the rest comes from its sender')
  })

  it('a full keeper says so, one whose disk is full too, and the next one is asked', async () => {
    const built = await Fleet.of([{ mailbox: { enabled: 'yes', maxEnvelopes: 0 } }, { mailbox: { enabled: 'yes' } }, { mailbox: { enabled: 'yes' } }, { mailbox: { enabled: 'yes' }, wrap: fullDisk }, {}, {}])
    fleet = built.fleet
    const [full, one, two, broken, sender, recipient] = built.daemons
    await recipient.stop()
    await sender.ask([recipient])
    await eventually(async () => (await one.mailbox.figures()).envelopes === 1 && (await two.mailbox.figures()).envelopes === 1, 'two others have it')
    expect((await full.mailbox.figures()).envelopes + (await broken.mailbox.figures()).envelopes).to.equal(0)
    // it comes twice, and is there once
    await sender.stop()
    await recipient.start()
    await eventually(async () => (await one.mailbox.figures()).envelopes === 0 && (await two.mailbox.figures()).envelopes === 0, 'both were emptied')
    expect(await recipient.todo()).to.have.lengthOf(1)
  })

  it('the keepers that the recipient names are asked, and no others', async () => {
    const built = await Fleet.of([{ mailbox: { enabled: 'yes' } }, { mailbox: { enabled: 'yes' } }, {}, { mailbox: { keepers: ['site1'] } }])
    fleet = built.fleet
    const [unnamed, named, sender, recipient] = built.daemons
    await recipient.stop()
    await sender.ask([recipient])
    await eventually(async () => (await named.mailbox.figures()).envelopes === 1, 'the named one has it')
    expect((await unnamed.mailbox.figures()).taken).to.equal(0)
  })

  it('the yes of a keeper that is revoked does not count any more, nor one beyond its time: another has it then', async () => {
    const keeps = { mailbox: { enabled: 'yes' as const } }
    const built = await Fleet.of([keeps, keeps, keeps, {}, {}])
    fleet = built.fleet
    const [founder, , , sender, recipient] = built.daemons
    const keepers = built.daemons.slice(0, 3)
    const having = async (): Promise<Daemon[]> => {
      const counts = await Promise.all(keepers.map(async ({ mailbox }) => (await mailbox.figures()).envelopes))

      return keepers.filter((_, index) => counts[index] === 1)
    }
    await recipient.stop()
    await sender.ask([recipient], 'wait', 10_800_000)
    await eventually(async () => (await having()).length === 2, 'two have it')
    await eventually(async () => (await sender.mailbox.figures()).left === 2, 'the sender heard of it')
    const unmailed = async (now: number): Promise<number> => (await sender.site.store.listUnmailed({ site: recipient.id, after: 0, limit: 10, now, copies: 2, since: 0 })).length
    expect(await unmailed(Date.now())).to.equal(0)
    // keepers here keep for an hour, and say so
    expect(await unmailed(Date.now() + 3_700_000)).to.equal(1)

    const [gone] = (await having()).filter(keeper => keeper !== founder)
    await founder.membership.authority!.revoke(gone.id, 'left the study')
    await eventually(async () => (await sender.mailbox.figures()).left === 3, 'a third one has it')
    expect((await having()).filter(keeper => keeper !== gone)).to.have.lengthOf(2)
  })

  it('a keeper killed between commit and yes has it once', async () => {
    const dying = Promise.withResolvers<never>()
    const committed = Promise.withResolvers<void>()
    dying.promise.catch(() => { /* whoever waits for it hears */ })

    const wrap = (store: Store): Store => ({
      ...store,
      mailBegin: async (input) => {
        await store.mailBegin(input)
        committed.resolve()

        return dying.promise
      }
    })

    const built = await Fleet.of([{ mailbox: { enabled: 'yes' }, wrap }, {}, {}])
    fleet = built.fleet
    const [keeper, sender, recipient] = built.daemons
    await recipient.stop()
    await sender.ask([recipient])
    await committed.promise
    await kill(keeper, dying.reject)
    expect((await sender.mailbox.figures()).left).to.equal(0)
    keeper.init = { mailbox: keeper.init.mailbox }
    await keeper.start()
    expect((await keeper.mailbox.figures()).envelopes).to.equal(1)
    await eventually(async () => (await sender.mailbox.figures()).left === 1, 'the sender hears its yes')
    expect((await keeper.mailbox.figures()).envelopes).to.equal(1)
    await sender.stop()
    await recipient.start()
    await eventually(async () => (await recipient.todo()).length === 1, 'it arrives')
    await eventually(async () => (await keeper.mailbox.figures()).envelopes === 0, 'it is gone')
  })

  it('a keeper that starts again has what it had, even when it keeps no more', async () => {
    const built = await Fleet.of([{ mailbox: { enabled: 'yes' } }, {}, {}])
    fleet = built.fleet
    const [keeper, sender, recipient] = built.daemons
    await recipient.stop()
    await sender.ask([recipient])
    await eventually(async () => (await keeper.mailbox.figures()).envelopes === 1, 'it is there')
    await sender.stop()
    await keeper.stop()
    keeper.init = {}
    await keeper.start()
    await recipient.start()
    await eventually(async () => (await recipient.todo()).length === 1, 'it arrives')
    await eventually(async () => (await keeper.mailbox.figures()).envelopes === 0, 'it is gone')
  })
})

/** Every deposit fails as when there is no room on the disk */
function fullDisk (store: Store): Store {
  return { ...store, mailBegin: async () => { throw new Error('database or disk is full') } }
}

/** Its links go first: nothing that it says arrives any more */
async function kill (daemon: Daemon, die: (error: Error) => void): Promise<void> {
  await daemon.network.stop()
  die(new Error('killed'))
  await daemon.stop()
}
