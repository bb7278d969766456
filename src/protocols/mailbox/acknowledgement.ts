import { domains, under } from '../../core/domains.ts'
import { SIGNATURE } from '../../core/ed25519.ts'
import { hasAtMostFields, readFields, writeFields } from '../../envelope/fields.ts'
import { ENVELOPE_ID, HASH } from '../../envelope/limits.ts'
import { MAX_ACKNOWLEDGED, MAX_MAIL_FIELDS } from './constants.ts'
import { MailAcknowledgement } from './pb/mailbox.ts'
import type { SiteSigner, Verify } from '../../core/identity.ts'
import type { SiteId } from '../../core/ids.ts'
import type { NamedMail } from '../../store/index.ts'

export interface AcknowledgementFacts {
  network: string
  keeper: SiteId
  /** Unix ms */
  at: number
  mail: NamedMail[]
}

/** Encoded SignedMailAcknowledgement. The site key signs, so that a stolen peer key cannot delete mail */
export async function signAcknowledgement (signer: SiteSigner, { network, keeper, at, mail }: AcknowledgementFacts): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = MailAcknowledgement.encode({
    network,
    site: signer.siteId,
    keeper,
    at,
    mail: mail.map(({ sender, envelopeId, hash }) => ({ from: sender, id: envelopeId as Uint8Array<ArrayBuffer>, hash: hash as Uint8Array<ArrayBuffer> }))
  })

  return writeFields([bytes, await signer.sign(under(domains.mailAcknowledgement, bytes))])
}

export interface Acknowledged {
  network: string
  /** This site, the keeper */
  self: SiteId
  /** Who must have signed */
  site: SiteId
  signingKey: Uint8Array
  verify: Verify
}

/** What it names; a sentence when it does not count */
export async function verifyAcknowledgement (signed: Uint8Array, { network, self, site, signingKey, verify }: Acknowledged): Promise<NamedMail[] | string> {
  const fields = readFields(signed, 2)

  if (fields == null || fields[1].byteLength !== SIGNATURE || !hasAtMostFields(fields[0], MAX_MAIL_FIELDS)) {
    return 'an acknowledgement is its text and a signature, nothing else'
  }

  const acknowledgement = decode(fields[0])

  if (acknowledgement == null || acknowledgement.mail.length > MAX_ACKNOWLEDGED || !acknowledgement.mail.every(({ id, hash }) => id.byteLength === ENVELOPE_ID && hash.byteLength === HASH)) {
    return 'the acknowledgement does not decode'
  }

  if (acknowledgement.network !== network || acknowledgement.keeper !== self || acknowledgement.site !== site) {
    return 'the acknowledgement is of another site, or for another keeper'
  }

  if (!await verify(signingKey, under(domains.mailAcknowledgement, fields[0]), fields[1])) {
    return 'the signature of the acknowledgement is not the recipient\'s'
  }

  return acknowledgement.mail.map(({ from, id, hash }) => ({ sender: from, envelopeId: new Uint8Array(id), hash: new Uint8Array(hash) }))
}

function decode (bytes: Uint8Array): MailAcknowledgement | undefined {
  try {
    return MailAcknowledgement.decode(bytes)
  } catch {
    // these are the peer's bytes: the caller says what is wrong with them
  }
}
