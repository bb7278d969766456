import { createHmac, generateKeyPairSync } from 'node:crypto'
import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { BoundedMap } from '../../src/core/bounded-map.ts'
import { domains, under } from '../../src/core/domains.ts'
import { createSigner, ed25519FromRaw, generateEd25519, syncSigner, syncVerify, verifyEd25519, verifyNow } from '../../src/core/ed25519.ts'
import { importPublicKey, rawPrivateKey, rawPublicKey } from '../../src/core/raw-keys.ts'
import { keyId, x25519Agree, x25519FromRaw, x25519Generate } from '../../src/core/x25519.ts'
import { expand32, hmacSha256 } from '../../src/envelope/hmac.ts'
import { fill } from './fixture.ts'
import { hkdf } from './forge.ts'

const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'hex'))

describe('Ed25519', () => {
  it('signs and verifies RFC 8032\'s second test, in the thread pool and at once', async () => {
    const privateKey = ed25519FromRaw(hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'))
    const publicKey = hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')
    const signature = hex('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00')
    const message = hex('72')

    for (const signer of [createSigner({ siteId: 'a.b', privateKey }), syncSigner({ siteId: 'a.b', privateKey })]) {
      expect(signer.publicKey).to.deep.equal(publicKey)
      expect(new Uint8Array(await signer.sign(message))).to.deep.equal(signature)
    }

    for (const verify of [verifyEd25519, syncVerify]) {
      expect(await verify(publicKey, message, signature)).to.be.true()
      expect(await verify(publicKey, hex('73'), signature)).to.be.false()
      expect(await verify(fill(1), message, signature)).to.be.false()
      // no point of the curve
      expect(await verify(fill(0xff), message, signature)).to.be.false()
      expect(await verify(publicKey.subarray(1), message, signature)).to.be.false()
      expect(await verify(publicKey, message, signature.subarray(1))).to.be.false()
      expect(await verify(publicKey, message, new Uint8Array(0))).to.be.false()
    }

    expect(verifyNow(publicKey, message, signature)).to.be.true()
  })

  it('refuses a signer without an Ed25519 private key', () => {
    expect(() => createSigner({ siteId: 'a.b', privateKey: generateKeyPairSync('x25519').privateKey })).to.throw(/Ed25519/)
    expect(() => syncSigner({ siteId: 'a.b', privateKey: generateKeyPairSync('ed25519').publicKey })).to.throw(/Ed25519/)
  })
})

describe('X25519', () => {
  it('agrees as in RFC 7748, section 6.1', () => {
    const a = x25519FromRaw(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'))
    expect(a.publicKey).to.deep.equal(hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'))
    const secret = x25519Agree(a.privateKey, hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')) ?? fill(0)
    expect(new Uint8Array(secret)).to.deep.equal(hex('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'))
  })

  it('gives both sides the same secret, and none for a key of small order', () => {
    const a = x25519Generate()
    const b = x25519Generate()
    const secret = x25519Agree(a.privateKey, b.publicKey)

    expect(secret).to.have.lengthOf(32)
    expect(x25519Agree(b.privateKey, a.publicKey, true)).to.deep.equal(secret)
    expect(x25519Agree(a.privateKey, fill(0))).to.be.undefined()
    expect(x25519Agree(a.privateKey, Uint8Array.of(1, ...fill(0, 31)))).to.be.undefined()
    expect(() => x25519Agree(a.privateKey, fill(1, 31))).to.throw(/32 bytes/)
  })

  it('names a key by the beginning of its SHA-256', () => {
    expect(keyId(fill(0))).to.deep.equal(hex('66687aadf862bd77'))
  })
})

describe('raw keys', () => {
  it('come out as they went in', () => {
    const signing = generateEd25519()
    expect(rawPublicKey(ed25519FromRaw(rawPrivateKey(signing)))).to.deep.equal(rawPublicKey(signing))

    const { rawPrivateKey: raw, publicKey } = x25519Generate()
    expect(x25519FromRaw(raw).publicKey).to.deep.equal(publicKey)
    expect(rawPublicKey(importPublicKey('X25519', publicKey))).to.deep.equal(publicKey)
    expect(() => x25519FromRaw(fill(1, 33))).to.throw(/32 bytes/)
  })
})

describe('HMAC and HKDF-Expand', () => {
  it('are what node\'s own are', () => {
    fc.assert(fc.property(
      fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 3_000, size: 'max' }), fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }),
      (key, a, b, c) => {
        expect(Buffer.compare(hmacSha256(key, a, b, c), createHmac('sha256', key).update(a).update(b).update(c).digest())).to.equal(0)
        // HKDF is extract, then expand
        expect(expand32(hmacSha256(b, key), a.subarray(0, 1_000), c.subarray(0, 20))).to.deep.equal(hkdf(key, b, Buffer.concat([a.subarray(0, 1_000), c.subarray(0, 20)])))
      }))
  })
})

describe('domains', () => {
  it('are all different, and none begins another', () => {
    const all = Object.values(domains).map((domain) => Buffer.from(domain).toString('latin1'))

    for (const one of all) {
      expect(one).to.match(/^beam-node\/[a-z-]+\/v\d+\0$/)
      expect(all.filter((other) => other.startsWith(one))).to.deep.equal([one])
    }
  })

  it('stand in front', () => {
    expect(Buffer.from(under(domains.receipts, Uint8Array.of(65), Uint8Array.of(66, 67))).toString()).to.equal('beam-node/receipts/v1\0ABC')
  })
})

describe('bounded map', () => {
  it('forgets what came first', () => {
    const map = new BoundedMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    map.set('a', 3)
    expect(map.get('a')).to.equal(3)
    map.set('c', 4)
    expect([map.get('a'), map.get('b'), map.get('c'), map.size]).to.deep.equal([undefined, 2, 4, 2])
  })
})
