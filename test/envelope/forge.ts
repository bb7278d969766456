import { createCipheriv, createHash, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'
import { hpkeSeal } from '../../src/envelope/hpke.ts'
import { CHUNK } from '../../src/envelope/index.ts'
import { EnvelopeHead, Inner, Label, SmallEnvelope } from '../../src/envelope/pb/envelope.ts'
import { alpha, beta, fill, NETWORK, NOW, HOUR, taskInner } from './fixture.ts'
import type { Site } from './fixture.ts'

export interface Forgery {
  /** Who signs. @default alpha */
  signer?: Site
  /** For whom the key is wrapped. @default beta's key */
  publicKey?: Uint8Array
  label?: Partial<Label>
  /** @default what `taskInner` says about the body */
  inner?: Uint8Array
  body?: Uint8Array
  /** Said length of inner */
  innerLength?: number
  /** What is wrapped. @default the content key */
  wrap?: Uint8Array
  /** Changes the encoded label before anything is bound to it */
  labelBytes?(label: Uint8Array): Uint8Array
}

export interface Forged {
  head: Uint8Array<ArrayBuffer>
  chunks: Uint8Array[]
  small: Uint8Array<ArrayBuffer>
}

/**
 * A second implementation of the sender, written from docs/wire-envelope.md with
 * none of the sealing code but HPKE: it draws its content key at random, and breaks
 * any rule it is told to.
 */
export async function forge (forgery: Forgery = {}): Promise<Forged> {
  const { signer = alpha, publicKey = beta.encryption[0].publicKey, body = fill(7, 100) } = forgery
  const inner = forgery.inner ?? Inner.encode(taskInner(body) as Inner)
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, forgery.innerLength ?? inner.byteLength)
  const plaintext = Buffer.concat([length, inner, body])
  const contentKey = randomBytes(32)

  let label: Uint8Array = Label.encode({
    version: 1,
    network: NETWORK,
    id: fill(0xbb, 16),
    from: alpha.siteId,
    to: beta.siteId,
    expires: NOW + HOUR,
    keyId: new Uint8Array(beta.encryption[0].keyId),
    keyCommitment: derive(contentKey, 'beam-node/envelope-key-commitment/v1'),
    contentTag: hmac(derive(contentKey, 'beam-node/envelope-tag-key/v1'), inner),
    size: plaintext.byteLength + Math.ceil(plaintext.byteLength / CHUNK) * 16,
    ...forgery.label
  })
  label = forgery.labelBytes?.(label) ?? label

  const info = Buffer.concat([Buffer.from('beam-node/envelope/v1\0'), label])
  const hash = createHash('sha256').update(info).digest()
  const { enc, ciphertext: wrapped } = hpkeSeal({ publicKey, ikm: randomBytes(32), info, plaintext: forgery.wrap ?? contentKey })
  const signature = await signer.signer.sign(Buffer.concat([Buffer.from('beam-node/envelope-signature/v1\0'), label, enc, wrapped]))
  const key = createSecretKey(derive(contentKey, 'beam-node/envelope-chunk-key/v1'))
  const chunks: Uint8Array[] = []

  for (let offset = 0; offset < plaintext.byteLength; offset += CHUNK) {
    const nonce = Buffer.alloc(12)
    nonce.writeUInt32BE(chunks.length, 7)
    nonce[11] = offset + CHUNK >= plaintext.byteLength ? 1 : 0
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    cipher.setAAD(hash)
    chunks.push(Buffer.concat([cipher.update(plaintext.subarray(offset, offset + CHUNK)), cipher.final(), cipher.getAuthTag()]))
  }

  const head = EnvelopeHead.encode({ label, enc, wrapped, signature } as EnvelopeHead)

  return { head, chunks, small: SmallEnvelope.encode({ head, ciphertext: chunks[0] } as SmallEnvelope) }
}

function derive (key: Uint8Array, domain: string): Uint8Array<ArrayBuffer> {
  // node has no HKDF-Expand alone; one block of it is this
  return hmac(key, Buffer.concat([Buffer.from(`${domain}\0`), Buffer.of(1)]))
}

function hmac (key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHmac('sha256', key).update(data).digest())
}

/** For the tests of the derivations: node's HKDF, both steps */
export function hkdf (key: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, 32))
}
