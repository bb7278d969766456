/**
 * Run by hand, and only when the format got a new version: `node
 * test/envelope/make-vectors.ts` writes test/vectors/envelope.json anew. A change of
 * that file without a new version breaks every other implementation.
 */
import { writeFileSync } from 'node:fs'
import { ed25519FromRaw, syncSigner } from '../../src/core/ed25519.ts'
import { x25519FromRaw } from '../../src/core/x25519.ts'
import { contentKeys, senderSecrets } from '../../src/envelope/content-keys.ts'
import { decodeHead, encodeSmall } from '../../src/envelope/decode.ts'
import { writeFields } from '../../src/envelope/fields.ts'
import { CHUNK } from '../../src/envelope/index.ts'
import { encodeInner } from '../../src/envelope/inner.ts'
import { blankLabel } from '../../src/envelope/label.ts'
import { signReceipts } from '../../src/envelope/receipts.ts'
import { createSeal } from '../../src/envelope/seal.ts'
import { sha256 } from '../../src/envelope/sha256.ts'
import { bytesOf, fill, NETWORK, NOW, HOUR, readerOf, resultInner, taskInner, alpha, beta, gamma } from './fixture.ts'
import type { Site } from './fixture.ts'
import type { InnerInput, ReceiptView } from '../../src/envelope/index.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const sites = [alpha, beta, gamma]
const seeds = [1, 2, 3].map((number) => fill(number))

interface Case {
  name: string
  from: Site
  to: Site
  id: Uint8Array
  seed: Uint8Array
  body: Uint8Array
  inner: InnerInput
}

const text = new TextEncoder().encode('Ünïcödé bödy')
const cases: Case[] = [
  { name: 'a task without a body', from: alpha, to: beta, id: fill(0x10, 16), seed: fill(0x20), body: bytesOf(0), inner: taskInner(bytesOf(0)) },
  { name: 'a task with a text as body', from: alpha, to: beta, id: fill(0x11, 16), seed: fill(0x21), body: text, inner: taskInner(text) },
  { name: 'a result', from: beta, to: alpha, id: fill(0x12, 16), seed: fill(0x22), body: text, inner: resultInner(text) },
  { name: 'a task of three chunks', from: alpha, to: beta, id: fill(0x13, 16), seed: fill(0x23), body: bytesOf(2 * CHUNK + 1_000), inner: taskInner(bytesOf(2 * CHUNK + 1_000)) }
]

const envelopes: object[] = []
const smalls: Uint8Array[] = []

for (const { name, from, to, id, seed, body, inner } of cases) {
  const recipient = to.encryption[0]
  const facts = { network: NETWORK, id, from: from.siteId, to: to.siteId, expires: NOW + HOUR }
  const sealed = await createSeal({ signer: from.signer })({ ...facts, seed, recipient, inner, body: readerOf(body) })
  const { label, labelBytes, enc, wrapped, signature } = decodeHead(sealed.head)
  const innerBytes = encodeInner(inner, facts)
  const blank = blankLabel({ ...facts, keyId: recipient.keyId, size: sealed.size })
  const { contentKey, ikm } = senderSecrets(seed, blank, recipient.publicKey, innerBytes)
  const keys = contentKeys(contentKey)
  const chunks = await Promise.all(Array.from({ length: sealed.chunks }, async (_, i) => sealed.chunk(i)))
  smalls.push(encodeSmall(sealed.head, chunks[0]))

  envelopes.push({
    name,
    from: from.siteId,
    to: to.siteId,
    id: hex(id),
    expires: facts.expires,
    seed: hex(seed),
    inner: hex(innerBytes),
    body: body.byteLength < 100 ? { hex: hex(body) } : { rule: 'byte i is (31 * i + 7 * floor(i / 256)) mod 256', length: body.byteLength, sha256: hex(sha256(body)) },
    steps: {
      blankLabel: hex(blank),
      contentKey: hex(contentKey),
      ephemeralIkm: hex(ikm),
      chunkKey: hex(keys.chunk.export()),
      tagKey: hex(keys.tag),
      keyCommitment: hex(label.keyCommitment),
      contentTag: hex(label.contentTag),
      label: hex(labelBytes),
      hash: hex(label.hash),
      enc: hex(enc),
      wrapped: hex(wrapped),
      signature: hex(signature)
    },
    head: hex(sealed.head),
    size: sealed.size,
    ...(sealed.chunks === 1 ? { chunk: hex(chunks[0]), smallEnvelope: hex(smalls.at(-1) ?? fill(0)) } : { chunkSha256: chunks.map((chunk) => hex(sha256(chunk))) })
  })
}

const small = smalls[1]
const head = decodeHead(Buffer.from((envelopes[1] as any).head, 'hex'))
const ciphertext = Buffer.from((envelopes[1] as any).chunk, 'hex')
const flipped = (bytes: Uint8Array, at: number): Uint8Array => Uint8Array.from(bytes, (byte, i) => i === at ? byte ^ 1 : byte)
const resigned = await gamma.signer.sign(Buffer.concat([Buffer.from('beam-node/envelope-signature/v1\0'), head.labelBytes, head.enc, head.wrapped]))
const longerLabel = Buffer.concat([head.labelBytes, Buffer.of(11 << 3, 1)])
const other = await createSeal({ signer: alpha.signer })({ network: NETWORK, id: fill(0x14, 16), from: alpha.siteId, to: beta.siteId, expires: NOW + HOUR, seed: fill(0x24), recipient: beta.encryption[0], inner: taskInner(text), body: readerOf(text) })
const late = NOW + HOUR + 300_001

const refused = [
  { name: 'signed by another member', code: 'bad-signature', bytes: encodeSmall(writeFields([head.labelBytes, head.enc, head.wrapped, resigned]), ciphertext) },
  { name: 'one bit of the signature', code: 'bad-signature', bytes: encodeSmall(writeFields([head.labelBytes, head.enc, head.wrapped, flipped(head.signature, 0)]), ciphertext) },
  { name: 'one bit of enc', code: 'bad-signature', bytes: encodeSmall(writeFields([head.labelBytes, flipped(head.enc, 5), head.wrapped, head.signature]), ciphertext) },
  { name: 'one bit of the wrapped key', code: 'bad-signature', bytes: encodeSmall(writeFields([head.labelBytes, head.enc, flipped(head.wrapped, 47), head.signature]), ciphertext) },
  { name: 'one bit of the ciphertext', code: 'unopenable', bytes: flipped(small, small.byteLength - 40) },
  { name: 'one bit of the chunk\'s tag', code: 'unopenable', bytes: flipped(small, small.byteLength - 1) },
  { name: 'a field behind the label', code: 'malformed', bytes: encodeSmall(writeFields([longerLabel, head.enc, head.wrapped, head.signature]), ciphertext) },
  { name: 'a byte behind the envelope', code: 'malformed', bytes: Buffer.concat([small, Buffer.of(0)]) },
  { name: 'a byte of ciphertext missing', code: 'malformed', bytes: encodeSmall(writeFields([head.labelBytes, head.enc, head.wrapped, head.signature]), ciphertext.subarray(1)) },
  { name: 'the ciphertext of another envelope of the same size', code: 'unopenable', bytes: encodeSmall(writeFields([head.labelBytes, head.enc, head.wrapped, head.signature]), await other.chunk(0)) },
  { name: 'the result, at beta', code: 'not-for-me', bytes: smalls[2] },
  { name: 'too late', code: 'expired', now: late, bytes: small }
].map(({ name, code, bytes, now = NOW }) => ({ name, now, code, bytes: hex(bytes) }))

const receipts: ReceiptView[] = [
  { id: fill(0x10, 16), hash: fill(0x31), outcome: 'stored', reason: '' },
  { id: fill(0x11, 16), hash: fill(0x32), outcome: 'for-good', reason: 'inconsistent' },
  { id: fill(0x12, 16), hash: fill(0x33), outcome: 'for-now', reason: 'unknown-key' }
]

const vectors = {
  note: 'Vectors of docs/wire-envelope.md. All bytes in hexadecimal, all times Unix ms. `now` of the recipient is that of `clock` unless a case says otherwise.',
  network: NETWORK,
  clock: NOW,
  sites: sites.map((site, i) => ({
    site: site.siteId,
    signing: { privateKey: hex(seeds[i]), publicKey: hex(syncSigner({ siteId: site.siteId, privateKey: ed25519FromRaw(seeds[i]) }).publicKey) },
    encryption: { privateKey: hex(site.encryption[0].privateKey), publicKey: hex(x25519FromRaw(site.encryption[0].privateKey).publicKey), keyId: hex(site.encryption[0].keyId) }
  })),
  envelopes,
  refused,
  receipts: {
    from: beta.siteId,
    to: alpha.siteId,
    at: NOW,
    receipts: receipts.map(({ id, hash, outcome, reason }) => ({ id: hex(id), hash: hex(hash), outcome, reason })),
    signedReceipts: hex(await signReceipts(beta.signer, { network: NETWORK, to: alpha.siteId, at: NOW, receipts }))
  }
}

writeFileSync(new URL('../vectors/envelope.json', import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`)
