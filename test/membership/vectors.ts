import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { domains } from '../../src/core/domains.ts'
import { createSigner, ed25519FromRaw } from '../../src/core/ed25519.ts'
import { rawPublicKey } from '../../src/core/raw-keys.ts'
import { hex, owned, part, sha256, uint64 } from '../../src/membership/bytes.ts'
import { answerMac, requestMac } from '../../src/membership/enroll/macs.ts'
import { fingerprint } from '../../src/membership/fingerprint.ts'
import { encryptionKeyPair } from '../../src/membership/keys/site-keys.ts'
import { Recover, Renew, RotateAuthority } from '../../src/membership/pb/membership.ts'
import { firstRecord } from '../../src/membership/records/first-record.ts'
import { peerIdOf, proofOfPeer } from '../../src/membership/records/peer-proof.ts'
import { decodeRecord } from '../../src/membership/records/record.ts'
import { signEntry } from '../../src/membership/roster/entry.ts'
import { KIND } from '../../src/membership/roster/kinds.ts'
import { admitEntry, genesisEntry, revokeEntry } from '../../src/membership/roster/statements.ts'
import { rosterProof } from '../../src/membership/sync-proof.ts'
import { encodeTicket } from '../../src/membership/ticket.ts'
import { EnrollAnswer, EnrollRequest } from '../../src/protocols/enroll/pb/enroll.ts'
import type { DecodedEntry, EntryFacts } from '../../src/membership/roster/entry.ts'

/** The secret bytes of every key of the vectors: this byte, 32 times */
const SEEDS = { authority: 0x01, recovery: 0x02, nextAuthority: 0x03, founder: 0x11, founderPeer: 0x12, biscoe: 0x21, biscoePeer: 0x22, biscoeEncryption: 0x23, ticketSecret: 0x31, ticketId: 0x32, networkSecret: 0x41, nonce: 0x42 }

const AT = 1_790_000_000_000
const YEAR = 31_536_000_000

const seed = (byte: number, length: number = 32): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(byte)
const signer = (byte: number, siteId: string = ''): ReturnType<typeof createSigner> => createSigner({ siteId, privateKey: ed25519FromRaw(seed(byte)) })

/** Everything in docs/wire-membership.md as bytes. Run this file to write the vectors anew. */
export async function membershipVectors (): Promise<object> {
  const peers = { founder: await generateKeyPairFromSeed('Ed25519', seed(SEEDS.founderPeer)), biscoe: await generateKeyPairFromSeed('Ed25519', seed(SEEDS.biscoePeer)) }
  const authority = signer(SEEDS.authority)
  const recovery = signer(SEEDS.recovery)
  const signed = async (facts: EntryFacts, by = authority): Promise<DecodedEntry> => signEntry(facts, async data => by.sign(data))
  const after = ({ entry, hash }: DecodedEntry): { seq: number, hash: Uint8Array } => ({ seq: entry.seq, hash })
  const next = (entry: DecodedEntry, kind: number, body: Uint8Array, critical = true): EntryFacts => ({ seq: entry.entry.seq + 1, prev: entry.hash, at: AT + entry.entry.seq + 1, kind, critical, body })

  const genesis = await signed(genesisEntry({ network: 'net.example', authority: authority.publicKey, recovery: recovery.publicKey, nonce: seed(SEEDS.nonce) }, AT))
  const admission = { organization: '', capabilities: ['*'], notBefore: AT - 300_000, notAfter: AT + YEAR }
  const founder = await signed(admitEntry(after(genesis), { ...admission, site: 'founder.net.example', signingKey: signer(SEEDS.founder).publicKey }, AT + 1))
  const biscoe = await signed(admitEntry(after(founder), { ...admission, site: 'biscoe.net.example', signingKey: signer(SEEDS.biscoe).publicKey, organization: 'Palmer Station', capabilities: ['penguins/*'] }, AT + 2))
  const renew = await signed(next(biscoe, KIND.renew, Renew.encode({ site: 'biscoe.net.example', notAfter: AT + 2 * YEAR })))
  const revoke = await signed(revokeEntry(after(renew), { site: 'biscoe.net.example', reason: 'laptop lost' }, AT + 4))
  const rotate = await signed(next(revoke, KIND.rotateAuthority, RotateAuthority.encode({ authority: owned(signer(SEEDS.nextAuthority).publicKey) })))
  const reserved = await signed(next(rotate, 18, Uint8Array.of(1), false), signer(SEEDS.nextAuthority))
  const recover = await signed(next(founder, KIND.recover, Recover.encode({ ancestorSeq: 1, ancestorHash: owned(founder.hash), authority: owned(signer(SEEDS.nextAuthority).publicKey) })), recovery)

  const keys = { site: ed25519FromRaw(seed(SEEDS.biscoe)), peer: peers.biscoe, encryption: [encryptionKeyPair(seed(SEEDS.biscoeEncryption))] }
  const record = await firstRecord({ network: 'net.example', genesis: genesis.hash, keys, signer: signer(SEEDS.biscoe, 'biscoe.net.example'), now: AT + 2 })
  const decoded = decodeRecord(record)

  const ticket = { network: 'net.example', genesis: genesis.hash, peer: peerIdOf(peers.founder), addresses: ['/ip4/192.0.2.1/tcp/8091'], id: seed(SEEDS.ticketId, 16), secret: seed(SEEDS.ticketSecret), site: 'biscoe', expires: AT + 86_400_000 }
  const request = { version: 1, genesis: owned(genesis.hash), ticket: ticket.id, record, signingKey: rawPublicKey(keys.site), organization: '' }
  const mac = requestMac({ ...request, secret: ticket.secret, joiner: peerIdOf(peers.biscoe), inviter: ticket.peer })
  const answer = { code: 0, reason: '', networkSecret: seed(SEEDS.networkSecret), entries: [genesis, founder, biscoe].map(({ raw }) => owned(raw)), records: [record], more: false }
  const pair = { networkSecret: seed(SEEDS.networkSecret), prover: peerIdOf(peers.biscoe), checker: peerIdOf(peers.founder) }

  return {
    about: 'Vectors of docs/wire-membership.md. Bytes are hex. Each secret key is one byte, 32 times: see keys.',
    domains: Object.fromEntries((['rosterEntry', 'rosterSignature', 'siteRecord', 'peerProof', 'recordsDigest', 'ticketChecksum', 'enrollRequest', 'enrollAnswer', 'syncProof'] as const).map(name => [name, hex(domains[name])])),
    keys: {
      authority: { secret: hex(seed(SEEDS.authority)), public: hex(authority.publicKey) },
      recovery: { secret: hex(seed(SEEDS.recovery)), public: hex(recovery.publicKey) },
      nextAuthority: { secret: hex(seed(SEEDS.nextAuthority)), public: hex(signer(SEEDS.nextAuthority).publicKey) },
      founder: { secret: hex(seed(SEEDS.founder)), public: hex(signer(SEEDS.founder).publicKey) },
      founderPeer: { secret: hex(seed(SEEDS.founderPeer)), peerId: peerIdOf(peers.founder) },
      biscoe: { secret: hex(seed(SEEDS.biscoe)), public: hex(rawPublicKey(keys.site)) },
      biscoePeer: { secret: hex(seed(SEEDS.biscoePeer)), peerId: peerIdOf(peers.biscoe) },
      biscoeEncryption: { secret: hex(seed(SEEDS.biscoeEncryption)), public: hex(keys.encryption[0].publicKey), id: hex(keys.encryption[0].id) }
    },
    roster: [
      entryVector('founds net.example', 'authority', genesis),
      entryVector('admits founder.net.example with the key founder', 'authority', founder),
      entryVector('admits biscoe.net.example with the key biscoe', 'authority', biscoe),
      entryVector('renews biscoe.net.example for another year', 'authority', renew),
      entryVector('revokes biscoe.net.example: laptop lost', 'authority', revoke),
      entryVector('hands the authority on to nextAuthority', 'authority', rotate),
      entryVector('a kind that is not known and not critical: verified and skipped', 'nextAuthority', reserved)
    ],
    recovery: entryVector('recovers from entry 1: supersedes the entries from 2 on', 'recovery', recover),
    fingerprint: fingerprint(genesis.hash),
    record: {
      meaning: 'the first record of biscoe.net.example',
      record: hex(decoded.bytes),
      signature: hex(decoded.signature),
      signed: hex(record),
      peerProof: hex(await proofOfPeer(peers.biscoe, genesis.hash, 'biscoe.net.example'))
    },
    digest: { meaning: 'biscoe.net.example at 3, founder.net.example at 7', digest: hex(sha256(domains.recordsDigest, part('biscoe.net.example'), uint64(3), part('founder.net.example'), uint64(7))) },
    ticket: { meaning: 'admits biscoe to net.example', ...ticket, genesis: hex(ticket.genesis), id: hex(ticket.id), secret: hex(ticket.secret), text: encodeTicket(ticket) },
    enrolment: {
      request: hex(EnrollRequest.encode({ ...request, mac })),
      requestMac: hex(mac),
      answer: hex(EnrollAnswer.encode({ ...answer, mac: answerMac(ticket.secret, mac, 0, answer) })),
      answerMac: hex(answerMac(ticket.secret, mac, 0, answer))
    },
    rosterProof: {
      meaning: 'biscoePeer proves to founderPeer',
      dialer: hex(rosterProof({ ...pair, role: 'dialer' })),
      listener: hex(rosterProof({ ...pair, role: 'listener' }))
    }
  }
}

function entryVector (meaning: string, signedBy: string, { entry, bytes, hash, signature, raw }: DecodedEntry): object {
  return { meaning, seq: entry.seq, kind: entry.kind, critical: entry.critical, signedBy, entry: hex(bytes), hash: hex(hash), signature: hex(signature), signed: hex(raw) }
}

const file = fileURLToPath(new URL('../vectors/membership.json', import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(file, `${JSON.stringify(await membershipVectors(), undefined, 2)}\n`)
}
