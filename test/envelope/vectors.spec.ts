import { readFileSync } from 'node:fs'
import { expect } from 'aegir/chai'
import { ed25519FromRaw, syncSigner, syncVerify } from '../../src/core/ed25519.ts'
import { keyId, x25519FromRaw } from '../../src/core/x25519.ts'
import { createCheck } from '../../src/envelope/check.ts'
import { contentKeys, senderSecrets } from '../../src/envelope/content-keys.ts'
import { createContentReader } from '../../src/envelope/content-reader.ts'
import { decodeHead, decodeSmall, encodeSmall } from '../../src/envelope/decode.ts'
import { decodeInner } from '../../src/envelope/inner.ts'
import { signReceipts, verifyReceipts } from '../../src/envelope/receipts.ts'
import { createSeal } from '../../src/envelope/seal.ts'
import { sha256 } from '../../src/envelope/sha256.ts'
import { bytesOf, readerOf } from './fixture.ts'
import { expectRefused } from './refused.ts'
import type { Check, EnvelopeComponents } from '../../src/envelope/index.ts'

const vectors = JSON.parse(readFileSync(new URL('../vectors/envelope.json', import.meta.url), 'utf8'))
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'hex'))
const siteOf = (id: string): any => vectors.sites.find(({ site }: any) => site === id)

function components (self: string): EnvelopeComponents {
  const { encryption } = siteOf(self)
  const raw = bytes(encryption.privateKey)

  return {
    network: vectors.network,
    self,
    verify: syncVerify,
    signingKey: (site) => bytes(siteOf(site).signing.publicKey),
    privateKey: (id) => hex(id) === encryption.keyId ? raw : undefined
  }
}

function checkAt (self: string): Check {
  return createCheck(components(self))
}

function signerOf (site: string): ReturnType<typeof syncSigner> {
  return syncSigner({ siteId: site, privateKey: ed25519FromRaw(bytes(siteOf(site).signing.privateKey)) })
}

describe('test vectors of the envelope', () => {
  it('have the keys they say', () => {
    for (const { site, signing, encryption } of vectors.sites) {
      expect(hex(signerOf(site).publicKey)).to.equal(signing.publicKey)
      const { publicKey } = x25519FromRaw(bytes(encryption.privateKey))
      expect(hex(publicKey)).to.equal(encryption.publicKey)
      expect(hex(keyId(publicKey))).to.equal(encryption.keyId)
    }
  })

  for (const vector of vectors.envelopes) {
    const body = vector.body.hex == null ? bytesOf(vector.body.length) : bytes(vector.body.hex)

    describe(vector.name, () => {
      it('is sealed to these bytes', async () => {
        const { encryption } = siteOf(vector.to)
        const sealed = await createSeal({ signer: signerOf(vector.from) })({
          network: vectors.network,
          id: bytes(vector.id),
          from: vector.from,
          to: vector.to,
          expires: vector.expires,
          seed: bytes(vector.seed),
          recipient: { keyId: bytes(encryption.keyId), publicKey: bytes(encryption.publicKey) },
          inner: decodeInner(bytes(vector.inner)),
          body: readerOf(body)
        })

        expect(hex(sealed.head)).to.equal(vector.head)
        expect(hex(sealed.hash)).to.equal(vector.steps.hash)
        expect(sealed.size).to.equal(vector.size)

        if (vector.chunk == null) {
          for (let i = 0; i < sealed.chunks; i++) {
            expect(hex(sha256(await sealed.chunk(i)))).to.equal(vector.chunkSha256[i])
          }

          expect(sealed.chunks).to.equal(vector.chunkSha256.length)
        } else {
          expect(hex(await sealed.chunk(0))).to.equal(vector.chunk)
          expect(hex(encodeSmall(sealed.head, await sealed.chunk(0)))).to.equal(vector.smallEnvelope)
        }
      })

      it('takes these steps', () => {
        const { steps } = vector
        const secrets = senderSecrets(bytes(vector.seed), bytes(steps.blankLabel), bytes(siteOf(vector.to).encryption.publicKey), bytes(vector.inner))
        const keys = contentKeys(secrets.contentKey)
        const { label, labelBytes, enc, wrapped, signature } = decodeHead(bytes(vector.head))

        expect({
          blankLabel: steps.blankLabel,
          contentKey: hex(secrets.contentKey),
          ephemeralIkm: hex(secrets.ikm),
          chunkKey: hex(keys.chunk.export()),
          tagKey: hex(keys.tag),
          keyCommitment: hex(keys.commitment),
          contentTag: hex(label.contentTag),
          label: hex(labelBytes),
          hash: hex(label.hash),
          enc: hex(enc),
          wrapped: hex(wrapped),
          signature: hex(signature)
        }).to.deep.equal(steps)
      })

      it('is opened by its recipient', async () => {
        const { inner, body: opened } = await open(vector, body)

        expect(inner).to.deep.equal(decodeInner(bytes(vector.inner)))
        expect(Buffer.compare(opened, body)).to.equal(0)
      })
    })
  }

  for (const { name, now, code, bytes: text } of vectors.refused) {
    it(`are refused: ${name}`, async () => {
      const check = checkAt('beta.broker.example')
      await expectRefused(async () => check.small(decodeSmall(bytes(text)), { via: 'alpha.broker.example', now }), code)
    })
  }

  it('have receipts that are signed to these bytes and verify', async () => {
    const { from, to, at, signedReceipts } = vectors.receipts
    const receipts = vectors.receipts.receipts.map((receipt: any) => ({ ...receipt, id: bytes(receipt.id), hash: bytes(receipt.hash) }))

    expect(hex(await signReceipts(signerOf(from), { network: vectors.network, to, at, receipts }))).to.equal(signedReceipts)
    expect(await verifyReceipts(bytes(signedReceipts), components(to), { via: from, now: vectors.clock })).to.deep.equal({ from, at, receipts })
  })
})

async function open (vector: any, body: Uint8Array): Promise<{ inner: any, body: Uint8Array }> {
  const options = { via: vector.from, now: vectors.clock }
  const check = checkAt(vector.to)

  if (vector.smallEnvelope != null) {
    const outcome = await check.small(decodeSmall(bytes(vector.smallEnvelope)), options)
    return outcome.kind === 'fresh' ? outcome.opened : expect.fail(outcome.kind)
  }

  // the chunks are too long for the file: sealed here, the test above compares their hashes
  const { encryption } = siteOf(vector.to)
  const sealed = await createSeal({ signer: signerOf(vector.from) })({
    network: vectors.network,
    id: bytes(vector.id),
    from: vector.from,
    to: vector.to,
    expires: vector.expires,
    seed: bytes(vector.seed),
    recipient: { keyId: bytes(encryption.keyId), publicKey: bytes(encryption.publicKey) },
    inner: decodeInner(bytes(vector.inner)),
    body: readerOf(body)
  })
  const outcome = await check.head(decodeHead(bytes(vector.head)), options)
  const opening = outcome.kind === 'fresh' ? outcome.opening : expect.fail(outcome.kind)
  const reader = createContentReader(opening)
  const parts: Uint8Array[] = []

  for (let i = 0; i < opening.chunks; i++) {
    const plaintext = opening.open(i, await sealed.chunk(i))
    reader.push(plaintext)
    parts.push(plaintext)
  }

  const { inner, bodyOffset } = reader.finish()

  return { inner, body: Buffer.concat(parts).subarray(bodyOffset) }
}
