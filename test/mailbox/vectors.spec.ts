/** The public vectors of docs/wire-mailbox.md. */
import { readFileSync } from 'node:fs'
import { expect } from 'aegir/chai'
import { syncVerify } from '../../src/core/ed25519.ts'
import { keepersOf } from '../../src/mailbox/keepers.ts'
import { signAcknowledgement, verifyAcknowledgement } from '../../src/protocols/mailbox/acknowledgement.ts'
import { MAX_ACKNOWLEDGED } from '../../src/protocols/mailbox/constants.ts'
import { MailboxMessage } from '../../src/protocols/mailbox/pb/mailbox.ts'
import { beta, gamma, NETWORK } from '../envelope/fixture.ts'
import { hex, revive, unhex } from '../vectors/bytes.ts'
import type { Membership } from '../../src/membership/index.ts'
import type { NamedMail } from '../../src/store/index.ts'

interface Vectors {
  network: string
  messages: Array<{ meaning: string, message: Record<string, unknown>, bytes: string }>
  keepers: { records: Record<string, string[]>, of: Record<string, string[]> }
  acknowledgement: { by: string, keeper: string, at: number, mail: Array<{ sender: string, envelopeId: { hex: string }, hash: { hex: string } }>, bytes: string }
  refused: Array<{ meaning: string, bytes: string }>
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/mailbox.json', import.meta.url), 'utf8')) as Vectors
describe('vectors of mailboxes', () => {
  for (const { meaning, message, bytes } of vectors.messages) {
    it(`message: ${meaning}`, () => {
      const revived = revive(message) as Partial<MailboxMessage>
      expect(hex(MailboxMessage.encode(revived))).to.equal(bytes)
      expect(MailboxMessage.decode(unhex(bytes))).to.deep.include(revived)
    })
  }

  const { keeper, at, by } = vectors.acknowledgement
  const mail = revive(vectors.acknowledgement.mail) as NamedMail[]
  const verify = async (bytes: Uint8Array): Promise<NamedMail[] | string> =>
    verifyAcknowledgement(bytes, { network: NETWORK, self: gamma.siteId, site: beta.siteId, signingKey: beta.signer.publicKey, verify: syncVerify })

  it('an acknowledgement names what it deletes', async () => {
    expect(by).to.equal(beta.siteId)
    expect(hex(await signAcknowledgement(beta.signer, { network: vectors.network, keeper, at, mail }))).to.equal(vectors.acknowledgement.bytes)
    expect(await verify(unhex(vectors.acknowledgement.bytes))).to.deep.equal(mail)
  })

  for (const { meaning, bytes } of vectors.refused) {
    it(`an acknowledgement is refused: ${meaning}`, async () => {
      expect(await verify(unhex(bytes))).to.be.a('string')
    })
  }

  it('an acknowledgement is refused: of more mails than one may name', async () => {
    const signed = async (count: number): Promise<Uint8Array> => signAcknowledgement(beta.signer, { network: NETWORK, keeper, at, mail: Array.from({ length: count }, () => mail[0]) })
    expect(await verify(await signed(MAX_ACKNOWLEDGED))).to.have.lengthOf(MAX_ACKNOWLEDGED)
    expect(await verify(await signed(MAX_ACKNOWLEDGED + 1))).to.be.a('string')
  })

  it('who keeps for whom, in the same order for everybody', () => {
    const { records, of } = vectors.keepers
    const membership = {
      self: `reader.${NETWORK}`,
      roster: { standing: () => 'member', members: () => Object.keys(records).reverse().map(site => ({ site })) },
      records: { get: (site: string) => ({ mailboxes: records[site] }) }
    } as unknown as Membership

    for (const [site, keepers] of Object.entries(of)) {
      expect(keepersOf(site, membership), site).to.deep.equal(keepers)
    }
  })
})
