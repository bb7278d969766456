import { decodeHead } from '../envelope/decode.ts'
import { CHUNK, TAG } from '../envelope/index.ts'
import { chunkCount, sealedChunkLength } from '../envelope/layout.ts'
import { verifyAcknowledgement } from '../protocols/mailbox/acknowledgement.ts'
import { MAX_MAIL_PAGE } from '../protocols/mailbox/constants.ts'
import { writeMail } from '../protocols/mailbox/messages.ts'
import { MailRefusal } from './refusal.ts'
import type { MailContext } from './context.ts'
import type { SiteId } from '../core/ids.ts'
import type { BulkChannel } from '../network/index.ts'
import type { MailFetch, MailList } from '../protocols/mailbox/pb/mailbox.ts'

/** A page of what is kept for the site that asks */
export async function listFor ({ store, clock }: MailContext, site: SiteId, channel: BulkChannel, { after }: MailList): Promise<void> {
  const items = await store.listMail({ recipient: site, after, limit: MAX_MAIL_PAGE, now: Math.floor(clock.now()) })

  await writeMail(channel, { listing: { entries: items.map(({ place, head }) => ({ place, head: head as Uint8Array<ArrayBuffer> })), more: items.length === MAX_MAIL_PAGE } })
}

/**
 * The ciphertext from one chunk on, to the last; the channel's backpressure paces it.
 *
 * @throws {MailRefusal} when it is not there for this site
 */
export async function fetchFor ({ store, clock }: MailContext, site: SiteId, channel: BulkChannel, { place, chunk }: MailFetch, moved: () => void): Promise<void> {
  const [item] = await store.listMail({ recipient: site, after: place - 1, limit: 1, now: Math.floor(clock.now()) })

  if (item?.place !== place) {
    throw new MailRefusal('gone')
  }

  const { label } = decodeHead(item.head)
  const chunks = chunkCount(label.size)

  if (chunk >= chunks) {
    throw new MailRefusal('gone', `there is no chunk ${chunk} of ${chunks}`)
  }

  for (let index = chunk; index < chunks; index++) {
    const data = await store.readMail({ recipient: site, place, offset: index * (CHUNK + TAG), length: sealedChunkLength(label.size, index) })

    if (data == null) {
      throw new MailRefusal('gone')
    }

    await writeMail(channel, { data: data as Uint8Array<ArrayBuffer> })
    moved()
  }
}

/**
 * Deletes what the recipient signed for; returns how many were there
 *
 * @throws {MailRefusal}
 */
export async function acknowledgedBy ({ self, network, membership, verify, store }: MailContext, site: SiteId, signed: Uint8Array): Promise<number> {
  const signingKey = membership.roster.standing(site) === 'member' ? membership.roster.member(site)?.signingKey : undefined

  if (signingKey == null) {
    throw new MailRefusal('not-member')
  }

  const mail = await verifyAcknowledgement(signed, { network, self, site, signingKey, verify })

  if (typeof mail === 'string') {
    throw new MailRefusal('bad-acknowledgement', mail)
  }

  return store.mailAcknowledge({ recipient: site, mail })
}
