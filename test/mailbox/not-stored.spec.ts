/** What the recipient could not judge to its end stays at the keeper: only what is on its disk, or opens for nobody, is signed for. */
import { expect } from 'aegir/chai'
import { readFields } from '../../src/envelope/fields.ts'
import { NUDGE_EVERY } from '../../src/mailbox/limits.ts'
import { answerTo } from '../../src/protocols/mailbox/messages.ts'
import { eventually, Fleet, pause } from './kit.ts'

describe('mail that is collected while its recipient stops', () => {
  let fleet: Fleet | undefined

  afterEach(async () => { await fleet?.close() })

  it('stays at the keeper, and arrives after the start', async () => {
    const slow = { mailbox: { after: 86_400_000 } }
    const built = await Fleet.of([{ mailbox: { enabled: 'yes' } }, slow, slow])
    fleet = built.fleet
    const [keeper, sender, recipient] = built.daemons
    const kept = async (): Promise<number> => (await keeper.mailbox.figures()).envelopes

    // nothing is stored from now on, and the collecting goes on for a moment
    await recipient.tasks.stop()
    await sender.ask([recipient], 'good news')
    const [{ item }] = await sender.site.store.listUnmailed({ site: recipient.id, after: 0, limit: 1, now: Date.now(), copies: 2, since: 0 })
    const prepared = await sender.tasks.post.prepare(item)
    const [head, data] = readFields(prepared.kind === 'small' ? prepared.frame : new Uint8Array(0), 2) as Array<Uint8Array<ArrayBuffer>>
    const channel = await sender.network.mail.openMail(keeper.id, new AbortController().signal)
    expect(await answerTo(channel, { deposit: { head, data } })).to.have.property('stored')
    await channel.close()
    await sender.stop()

    // the keeper nudges, and the recipient asks
    await pause(NUDGE_EVERY + 1_000)
    expect(await kept()).to.equal(1)
    expect((await recipient.mailbox.figures()).lies).to.deep.equal({})

    await recipient.stop()
    await recipient.start()
    await eventually(async () => (await recipient.todo()).length === 1, 'it arrives')
    expect((await recipient.todo())[0].body).to.equal('good news')
    await eventually(async () => await kept() === 0, 'and is signed for')
  })
})
