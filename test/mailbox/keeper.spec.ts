/** What a keeper takes, shows and deletes, asked over its own protocol by members that follow no rule. */
import { expect } from 'aegir/chai'
import { decodeHead } from '../../src/envelope/decode.ts'
import { readFields } from '../../src/envelope/fields.ts'
import { signAcknowledgement } from '../../src/protocols/mailbox/acknowledgement.ts'
import { answerTo, readMail, writeMail } from '../../src/protocols/mailbox/messages.ts'
import { eventually, Fleet } from './kit.ts'
import type { Daemon } from './kit.ts'
import type { SealedEnvelope } from '../../src/envelope/index.ts'
import type { MailboxMessage } from '../../src/protocols/mailbox/pb/mailbox.ts'
import type { OutboxItem } from '../../src/store/index.ts'

const NEVER = new AbortController().signal

describe('a keeper of mail', () => {
  let fleet: Fleet
  let keeper: Daemon
  let sender: Daemon
  let other: Daemon
  let recipient: Daemon

  before(async () => {
    // nobody leaves anything by himself
    const slow = { mailbox: { after: 86_400_000 } }
    const built = await Fleet.of([{ mailbox: { ...slow.mailbox, enabled: 'yes', maxMail: 1_000_000 } }, slow, slow, slow])
    fleet = built.fleet
    keeper = built.daemons[0]
    sender = built.daemons[1]
    other = built.daemons[2]
    recipient = built.daemons[3]
    await recipient.stop()
  })

  after(async () => { await fleet?.close() })

  /** One request over a session of its own */
  async function ask (from: Daemon, request: Partial<MailboxMessage>, to: Daemon = keeper): Promise<MailboxMessage> {
    const channel = await from.network.mail.openMail(to.id, NEVER)

    try {
      return await answerTo(channel, request)
    } finally {
      channel.abort(new Error('enough'))
    }
  }

  async function queued (body: string): Promise<OutboxItem> {
    await sender.ask([recipient], body)
    const items = await sender.site.store.listUnmailed({ site: recipient.id, after: 0, limit: 100, now: Date.now(), copies: 2, since: 0 })

    return items[items.length - 1].item
  }

  /** A small envelope as its sender seals it */
  async function small (body: string): Promise<{ item: OutboxItem, head: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer> }> {
    const item = await queued(body)
    const prepared = await sender.tasks.post.prepare(item)
    const [head, data] = readFields(prepared.kind === 'small' ? prepared.frame : new Uint8Array(0), 2) as Array<Uint8Array<ArrayBuffer>>

    return { item, head, data }
  }

  async function large (bytes: number): Promise<SealedEnvelope> {
    const prepared = await sender.tasks.post.prepare(await queued('x'.repeat(bytes)))

    if (prepared.kind !== 'bulk') {
      throw new Error('it is not large')
    }

    return prepared.sealed
  }

  const kept = async (): Promise<number> => (await keeper.mailbox.figures()).envelopes

  it('takes what its sender brings, once', async () => {
    const { head, data } = await small('one')
    const before = await kept()
    expect(await ask(sender, { deposit: { head, data } })).to.have.nested.property('stored.until').that.is.above(Date.now())
    expect(await ask(sender, { deposit: { head, data } })).to.have.property('stored')
    expect(await kept()).to.equal(before + 1)
  })

  it('takes nothing else', async () => {
    const { head, data } = await small('two')
    const before = await kept()
    const refused = async (from: Daemon, head: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<string | undefined> => (await ask(from, { deposit: { head, data } })).refused?.reason
    const forged = new Uint8Array(head)
    forged[forged.byteLength - 1] ^= 1
    expect(await refused(other, head, data)).to.equal('not-yours')
    expect(await refused(sender, forged, data)).to.equal('bad-signature')
    expect(await refused(sender, head, data.subarray(1))).to.equal('malformed')
    expect(await refused(sender, head.subarray(1), data)).to.equal('malformed')
    const huge = await large(1_200_000)
    expect(await refused(sender, huge.head as Uint8Array<ArrayBuffer>, new Uint8Array(0))).to.equal('mail-too-large')
    expect((await ask(sender, { deposit: { head, data } }, other)).refused?.reason).to.equal('mailbox-off')
    expect(await kept()).to.equal(before)
  })

  it('goes on with a large one where it was cut, also after its own restart', async () => {
    const sealed = await large(800_000)
    const head = sealed.head as Uint8Array<ArrayBuffer>
    const none = new Uint8Array(0)
    expect(sealed.chunks).to.equal(4)
    const first = await sender.network.mail.openMail(keeper.id, NEVER)
    expect((await answerTo(first, { deposit: { head, data: none } })).go?.chunk).to.equal(0)
    await writeMail(first, { data: await sealed.chunk(0) as Uint8Array<ArrayBuffer> })
    await writeMail(first, { data: await sealed.chunk(1) as Uint8Array<ArrayBuffer> })
    const stored = async (): Promise<number | undefined> => (await ask(sender, { deposit: { head, data: none } })).go?.chunk
    await eventually(async () => await stored() === 2, 'two chunks are there')
    first.abort(new Error('cut'))
    await keeper.stop()
    await keeper.start()
    await eventually(async () => sender.network.links.isUp(keeper.id), 'the keeper is back')
    const second = await sender.network.mail.openMail(keeper.id, NEVER)
    expect((await answerTo(second, { deposit: { head, data: none } })).go?.chunk).to.equal(2)

    for (let index = 2; index < sealed.chunks; index++) {
      await writeMail(second, { data: await sealed.chunk(index) as Uint8Array<ArrayBuffer> })
    }

    expect(await readMail(second)).to.have.property('stored')
    await second.close()
  })

  it('shows, hands out and deletes for the recipient alone', async () => {
    const { item, head, data } = await small('three')
    await ask(sender, { deposit: { head, data } })
    const before = await kept()
    expect((await ask(other, { list: { after: 0 } })).listing?.entries).to.have.lengthOf(0)
    expect((await ask(sender, { list: { after: 0 } })).listing?.entries).to.have.lengthOf(0)

    for (let place = 1; place < 10; place++) {
      expect((await ask(other, { fetch: { place, chunk: 0 } })).refused?.reason).to.equal('gone')
    }

    const { hash } = decodeHead(head).label
    const facts = { network: keeper.membership.roster.network, at: Date.now(), mail: [{ sender: sender.id, envelopeId: item.envelopeId, hash }] }
    // signed rightly, by a site that it was not for: nothing is deleted
    expect((await ask(other, { acknowledge: await signAcknowledgement(other.membership.signer, { ...facts, keeper: keeper.id }) })).deleted?.count).to.equal(0)
    // the recipient's word, brought by another; for another keeper; and a signature of somebody else under its name
    expect((await ask(other, { acknowledge: await signAcknowledgement(recipient.membership.signer, { ...facts, keeper: keeper.id }) })).refused?.reason).to.equal('bad-acknowledgement')
    expect((await ask(other, { acknowledge: await signAcknowledgement(other.membership.signer, { ...facts, keeper: sender.id }) })).refused?.reason).to.equal('bad-acknowledgement')
    expect((await ask(other, { acknowledge: await signAcknowledgement({ ...recipient.membership.signer, siteId: other.id }, { ...facts, keeper: keeper.id }) })).refused?.reason).to.equal('bad-acknowledgement')
    expect(await kept()).to.equal(before)
  })

  it('gives all of it to the recipient, whose signature empties it', async () => {
    await sender.stop()
    await recipient.start()
    await eventually(async () => (await recipient.todo()).length === 3, 'what was kept arrives')
    expect((await recipient.todo()).map(({ body, bodyBytes }) => bodyBytes?.byteLength ?? body?.length).sort()).to.deep.equal([3, 5, 800_000])
    await eventually(async () => await kept() === 0, 'nothing is kept any more')
  })

  it('nudges a recipient that is there', async () => {
    await recipient.stop()
    await sender.start()
    const { head, data } = await small('nudge')
    // the sender delivers nothing by itself any more
    await sender.tasks.stop()
    await recipient.start()
    await eventually(async () => [sender, recipient].every(({ network }) => network.links.isUp(keeper.id)), 'both are back')
    expect(await ask(sender, { deposit: { head, data } })).to.have.property('stored')
    await eventually(async () => (await recipient.todo()).length === 4, 'it is collected')
    await eventually(async () => await kept() === 0, 'it is gone')
    await sender.stop()
  })

  it('throws away what a revoked site left', async () => {
    await recipient.stop()
    await sender.start()
    await eventually(async () => sender.network.links.isUp(keeper.id), 'the sender is back')
    const { head, data } = await small('four')
    await ask(sender, { deposit: { head, data } })
    expect(await kept()).to.equal(1)
    await keeper.membership.authority!.revoke(sender.id, 'left the study')
    await eventually(async () => await kept() === 0, 'it is gone')
  })
})
