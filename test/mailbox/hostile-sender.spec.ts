/** A member that leaves rubbish at an honest keeper: nobody else's mail suffers, nor does the keeper. */
import { expect } from 'aegir/chai'
import { readFields } from '../../src/envelope/fields.ts'
import { MAX_LIES } from '../../src/mailbox/limits.ts'
import { answerTo } from '../../src/protocols/mailbox/messages.ts'
import { eventually, Fleet } from './kit.ts'
import type { Daemon } from './kit.ts'

const RUBBISH = MAX_LIES + 4

describe('mail that its own sender spoilt', () => {
  let fleet: Fleet | undefined

  afterEach(async () => { await fleet?.close() })

  /** Sealed and signed rightly, with other bytes: no keeper can see that */
  async function leaveRubbish (from: Daemon, keeper: Daemon, to: Daemon): Promise<void> {
    for (let i = 0; i < RUBBISH; i++) {
      await from.ask([to], `rubbish ${i}`)
    }

    const items = await from.site.store.listUnmailed({ site: to.id, after: 0, limit: 100, now: Date.now(), copies: 2, since: 0 })
    const channel = await from.network.mail.openMail(keeper.id, new AbortController().signal)

    for (const { item } of items) {
      const prepared = await from.tasks.post.prepare(item)
      const [head, data] = readFields(prepared.kind === 'small' ? prepared.frame : new Uint8Array(0), 2) as Array<Uint8Array<ArrayBuffer>>
      const spoilt = new Uint8Array(data)
      spoilt[0] ^= 1
      expect(await answerTo(channel, { deposit: { head, data: spoilt } })).to.have.property('stored')
    }

    await channel.close()
  }

  it('is thrown away, and what others left behind it arrives in the same round', async () => {
    const slow = { mailbox: { after: 86_400_000 } }
    const built = await Fleet.of([{ mailbox: { enabled: 'yes' } }, slow, {}, slow])
    fleet = built.fleet
    const [keeper, mallory, sender, recipient] = built.daemons
    const kept = async (): Promise<number> => (await keeper.mailbox.figures()).envelopes
    await recipient.stop()
    await leaveRubbish(mallory, keeper, recipient)
    await mallory.stop()
    await sender.ask([recipient], 'good news')
    await eventually(async () => await kept() === RUBBISH + 1, 'the good one stands behind it')
    await sender.stop()

    await recipient.start()
    await eventually(async () => (await recipient.todo()).length === 1, 'the good one arrives')
    expect((await recipient.todo())[0].body).to.equal('good news')
    await eventually(async () => await kept() === 0, 'the rubbish is gone')
    expect((await recipient.mailbox.figures()).lies).to.deep.equal({ [keeper.id]: RUBBISH })
  })
})
