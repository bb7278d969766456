/**
 * Domain separation: every hash, MAC, key derivation and signature of the project
 * puts one of these in front of its input, so that bytes made for one purpose never
 * mean anything for another. All of them stand here, so that a clash is seen.
 *
 * A domain is its ASCII text followed by one zero byte. No text contains a zero
 * byte, so no domain is the beginning of another. Names are wire format: a changed
 * meaning gets a new version in the name, an old one is never used again.
 */
export const domains = {
  /** SHA-256 of a label: names the envelope, is the associated data of its chunks; also HPKE info */
  envelope: domain('beam-node/envelope/v1'),
  /** Ed25519 over label, enc and wrapped */
  envelopeSignature: domain('beam-node/envelope-signature/v1'),
  /** SHA-256 of everything an envelope says: what its secrets are derived for */
  envelopeContext: domain('beam-node/envelope-context/v1'),
  /** Seed to content key */
  envelopeContentKey: domain('beam-node/envelope-content-key/v1'),
  /** Seed to the input of HPKE's ephemeral key */
  envelopeEphemeral: domain('beam-node/envelope-ephemeral/v1'),
  /** Content key to the key of the chunks */
  envelopeChunkKey: domain('beam-node/envelope-chunk-key/v1'),
  /** Content key to the key of the content tag */
  envelopeTagKey: domain('beam-node/envelope-tag-key/v1'),
  /** Content key to its commitment in the label */
  envelopeKeyCommitment: domain('beam-node/envelope-key-commitment/v1'),
  /** Ed25519 over a batch of receipts */
  receipts: domain('beam-node/receipts/v1'),

  /** Ed25519 by a recipient: its mail at a keeper may go */
  mailAcknowledgement: domain('beam-node/mail-acknowledgement/v1'),

  /** SHA-256 of a roster entry, and Ed25519 over it */
  rosterEntry: domain('beam-node/roster-entry/v1'),
  rosterSignature: domain('beam-node/roster-signature/v1'),
  /** Ed25519 over a site record */
  siteRecord: domain('beam-node/site-record/v1'),
  /** Ed25519 by a daemon's peer key: it belongs to this site */
  peerProof: domain('beam-node/peer-proof/v1'),
  /** SHA-256 of all site record versions */
  recordsDigest: domain('beam-node/records-digest/v1'),
  /** Checksum against typing errors in a ticket */
  ticketChecksum: domain('beam-node/ticket-checksum/v1'),
  /** Ed25519 by the authority: whoever holds this ticket may be connected to the inviter through a relay */
  newcomerPass: domain('beam-node/newcomer-pass/v1'),
  /** MACs of enrolment, under the ticket's secret */
  enrollRequest: domain('beam-node/enroll-request/v1'),
  enrollAnswer: domain('beam-node/enroll-answer/v1'),
  /** MAC under the network secret: the right to see the roster's tail */
  syncProof: domain('beam-node/sync-proof/v1'),
  /** MAC under the network secret: keys of the DHT */
  directoryKey: domain('beam-node/directory-key/v1'),
  /** SHA-256 chain of audit entries, and Ed25519 over its head */
  auditEntry: domain('beam-node/audit-entry/v1'),
  auditCheckpoint: domain('beam-node/audit-checkpoint/v1'),
  /** Hash of the genesis, cut: the DHT's protocol id */
  directoryProtocol: domain('beam-node/directory-protocol/v1')
} as const

function domain (text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`)
}

/** Domain and parts in one array, ready to be hashed or signed. Parts of changing length need a length of their own. */
export function under (domain: Uint8Array, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = domain.byteLength

  for (const part of parts) {
    length += part.byteLength
  }

  const out = new Uint8Array(length)
  out.set(domain)
  let offset = domain.byteLength

  for (const part of parts) {
    out.set(part, offset)
    offset += part.byteLength
  }

  return out
}
