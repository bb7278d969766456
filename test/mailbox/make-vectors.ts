/**
 * Run by hand, and only when the format got a new version: `node
 * test/mailbox/make-vectors.ts` writes test/vectors/mailbox.json anew. A change of
 * that file without a new version breaks every other implementation.
 */
import { writeFileSync } from 'node:fs'
import { readFields, writeFields } from '../../src/envelope/fields.ts'
import { keepersOf } from '../../src/mailbox/keepers.ts'
import { signAcknowledgement } from '../../src/protocols/mailbox/acknowledgement.ts'
import { MailboxMessage } from '../../src/protocols/mailbox/pb/mailbox.ts'
import { alpha, beta, fill, gamma, NETWORK, NOW } from '../envelope/fixture.ts'
import type { Membership } from '../../src/membership/index.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** `{ hex }` stands for bytes */
const shown = (value: unknown): unknown => {
  if (value instanceof Uint8Array) {
    return { hex: hex(value) }
  }

  if (Array.isArray(value)) {
    return value.map(shown)
  }

  return value != null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)])) : value
}

const messages: Array<[string, Partial<MailboxMessage>]> = [
  ['an envelope is brought whole: its encoded EnvelopeHead and its ciphertext', { deposit: { head: fill(1, 3), data: fill(2, 4) } }],
  ['a large one is announced', { deposit: { head: fill(1, 3), data: fill(0, 0) } }],
  ['bring chunks from the third on', { go: { chunk: 2 } }],
  ['bring all of it', { go: { chunk: 0 } }],
  ['a chunk', { data: fill(3, 5) }],
  ['it is on disk', { stored: { until: NOW } }],
  ['no', { refused: { reason: 'mailbox-full' } }],
  ['what is kept for me, from the beginning', { list: { after: 0 } }],
  ['the page behind place 64', { list: { after: 64 } }],
  ['two entries, and there are more', { listing: { entries: [{ place: 65, head: fill(4, 2) }, { place: 70, head: fill(5, 2) }], more: true } }],
  ['nothing is kept', { listing: { entries: [], more: false } }],
  ['hand out what is at place 65, from its second chunk on', { fetch: { place: 65, chunk: 1 } }],
  ['an encoded SignedMailAcknowledgement', { acknowledge: fill(6, 7) }],
  ['so many were there', { deleted: { count: 2 } }],
  ['so many wait', { nudge: { envelopes: 3 } }]
]

const facts = {
  network: NETWORK,
  keeper: gamma.siteId,
  at: NOW,
  mail: [{ sender: alpha.siteId, envelopeId: fill(0x10, 16), hash: fill(0x20) }, { sender: gamma.siteId, envelopeId: fill(0x11, 16), hash: fill(0x21) }]
}
const signed = await signAcknowledgement(beta.signer, facts)
const [text, signature] = readFields(signed, 2) ?? []
const spoilt = new Uint8Array(signature)
spoilt[0] ^= 1

const refused: Array<[string, Uint8Array]> = [
  ['another signature', writeFields([text, spoilt])],
  ['signed by the sender, not by the recipient', await signAcknowledgement({ ...alpha.signer, siteId: beta.siteId }, facts)],
  ['of another site', await signAcknowledgement(alpha.signer, facts)],
  ['for another keeper', await signAcknowledgement(beta.signer, { ...facts, keeper: alpha.siteId })],
  ['of another network', await signAcknowledgement(beta.signer, { ...facts, network: 'other.example' })],
  ['an envelope id of 15 bytes', await signAcknowledgement(beta.signer, { ...facts, mail: [{ ...facts.mail[0], envelopeId: fill(0x10, 15) }] })],
  ['a hash of 31 bytes', await signAcknowledgement(beta.signer, { ...facts, mail: [{ ...facts.mail[0], hash: fill(0x20, 31) }] })],
  ['a third field behind the signature', new Uint8Array([...signed, 0x1a, 1, 0])],
  ['a signature without its last byte', writeFields([text, signature.subarray(0, 63)])]
]

const sites = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'].map(name => `${name}.${NETWORK}`)
const keeping = new Map([[sites[0], [sites[0]]], [sites[2], [sites[2]]], [sites[3], [sites[3]]], [sites[4], [sites[2], sites[0]]]])
const membership = {
  self: `reader.${NETWORK}`,
  roster: { standing: () => 'member', members: () => sites.map(site => ({ site })) },
  records: { get: (site: string) => ({ mailboxes: keeping.get(site) ?? [] }) }
} as unknown as Membership

const vectors = {
  note: 'Vectors of docs/wire-mailbox.md. All bytes in hexadecimal, all times Unix ms; the sites and their keys are those of envelope.json.',
  network: NETWORK,
  messages: messages.map(([meaning, message]) => ({ meaning, message: shown(message), bytes: hex(MailboxMessage.encode(message)) })),
  keepers: { records: Object.fromEntries(sites.map(site => [site, keeping.get(site) ?? []])), of: Object.fromEntries(sites.map(site => [site, keepersOf(site, membership)])) },
  acknowledgement: { by: beta.siteId, ...shown(facts) as object, text: hex(text), signature: hex(signature), bytes: hex(signed) },
  refused: refused.map(([meaning, bytes]) => ({ meaning, bytes: hex(bytes) }))
}

writeFileSync(new URL('../vectors/mailbox.json', import.meta.url), JSON.stringify(vectors, null, 2) + '\n')
