/** What a keeper shows and this daemon cannot judge yet stays where it is, and is nobody's lie. */
import { readFileSync } from 'node:fs'
import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { collect } from '../../src/mailbox/collect.ts'
import { MailboxMessage } from '../../src/protocols/mailbox/pb/mailbox.ts'
import { checkAt, alpha, beta, NETWORK, NOW } from '../envelope/fixture.ts'
import type { MailContext } from '../../src/mailbox/context.ts'
import type { BulkChannel } from '../../src/network/index.ts'

const { envelopes } = JSON.parse(readFileSync(new URL('../vectors/envelope.json', import.meta.url), 'utf8')) as { envelopes: Array<{ head: string }> }
const HEAD = envelopes[0].head

/** What the recipient asked, and what it called a lie */
async function round (head: string, { now = NOW, members = [alpha.siteId] } = {}): Promise<{ asked: string[], lies: string[] }> {
  const asked: string[] = []
  const lies: string[] = []
  let request: MailboxMessage

  const channel: BulkChannel = {
    write: async (...pieces) => {
      request = MailboxMessage.decode(Buffer.concat(pieces))
      asked.push(request.list != null ? 'list' : request.fetch != null ? 'fetch' : 'acknowledge')
    },
    read: async () => MailboxMessage.encode(request.list != null
      ? { listing: { entries: [{ place: 1, head: new Uint8Array(Buffer.from(head, 'hex')) }], more: false } }
      : { refused: { reason: 'gone' } }),
    readPieces: async () => undefined,
    close: async () => {},
    abort: () => {}
  }

  await collect({
    clock: { ...systemClock, now: () => now },
    network: NETWORK,
    self: beta.siteId,
    streams: { openMail: async () => channel },
    store: { findReceived: async () => undefined },
    membership: { roster: { standing: (site: string) => members.includes(site) ? 'member' : 'unknown' } },
    post: { check: checkAt(beta, { signingKey: (site) => members.includes(site) ? alpha.signer.publicKey : undefined }) }
  } as unknown as MailContext, { keeper: 'keeper.net', signal: new AbortController().signal, onLie: (what) => { lies.push(what) }, onSpoilt: () => {}, onCollected: () => {} })

  return { asked, lies }
}

describe('mail that cannot be judged yet', () => {
  it('is fetched when it can', async () => {
    expect(await round(HEAD)).to.deep.equal({ asked: ['list', 'fetch'], lies: [] })
  })

  it('of a later version of the format stays', async () => {
    expect(HEAD).to.include('0801120e')
    expect(await round(HEAD.replace('0801120e', '0802120e'))).to.deep.equal({ asked: ['list'], lies: [] })
  })

  it('of a site that is not heard of yet stays', async () => {
    expect(await round(HEAD, { members: [] })).to.deep.equal({ asked: ['list'], lies: [] })
  })

  it('that lives longer than any, by this clock, stays', async () => {
    expect(await round(HEAD, { now: NOW - 40 * 86_400_000 })).to.deep.equal({ asked: ['list'], lies: [] })
  })

  it('with a wrong signature is a lie', async () => {
    const last = HEAD.endsWith('0') ? '1' : '0'
    expect(await round(HEAD.slice(0, -1) + last)).to.have.property('lies').with.lengthOf(1)
  })
})
