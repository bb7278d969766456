import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { rawPrivateKey } from '../../src/core/raw-keys.ts'
import { x25519FromRaw, x25519Generate } from '../../src/core/x25519.ts'
import { AES_128_GCM, deriveKeyPair, hpkeOpen, hpkeSeal } from '../../src/envelope/hpke.ts'

const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'hex'))

/** RFC 9180, appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence number 0 */
const rfc = {
  info: hex('4f6465206f6e2061204772656369616e2055726e'),
  ikmE: hex('7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234'),
  pkEm: hex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
  skEm: hex('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736'),
  ikmR: hex('6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037'),
  pkRm: hex('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'),
  skRm: hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
  pt: hex('4265617574792069732074727574682c20747275746820626561757479'),
  aad: hex('436f756e742d30'),
  ct: hex('f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a')
}

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

describe('hpke', () => {
  it('derives the key pairs of the RFC', () => {
    const ephemeral = deriveKeyPair(rfc.ikmE)
    expect(ephemeral.publicKey).to.deep.equal(rfc.pkEm)
    expect(rawPrivateKey(ephemeral.privateKey)).to.deep.equal(rfc.skEm)

    const recipient = deriveKeyPair(rfc.ikmR)
    expect(recipient.publicKey).to.deep.equal(rfc.pkRm)
    expect(rawPrivateKey(recipient.privateKey)).to.deep.equal(rfc.skRm)
  })

  it('seals and opens the RFC\'s vector', () => {
    const { enc, ciphertext } = hpkeSeal({ aead: AES_128_GCM, publicKey: rfc.pkRm, ikm: rfc.ikmE, info: rfc.info, aad: rfc.aad, plaintext: rfc.pt })
    expect(enc).to.deep.equal(rfc.pkEm)
    expect(ciphertext).to.deep.equal(rfc.ct)

    const opened = hpkeOpen({ aead: AES_128_GCM, recipient: x25519FromRaw(rfc.skRm), enc, info: rfc.info, aad: rfc.aad, ciphertext })
    expect(new Uint8Array(opened ?? [])).to.deep.equal(rfc.pt)
  })

  it('opens what @hpke/core sealed, and the other way round', async () => {
    await fc.assert(fc.asyncProperty(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ maxLength: 500 }), fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 300 }),
      async (ikm, info, aad, plaintext) => {
        const recipient = x25519Generate()
        const publicKey = await suite.kem.importKey('raw', recipient.publicKey.buffer, true)
        const privateKey = await suite.kem.importKey('raw', recipient.rawPrivateKey.buffer, false)

        const ours = hpkeSeal({ publicKey: recipient.publicKey, ikm, info, aad, plaintext })
        const read = await suite.open({ recipientKey: privateKey, enc: ours.enc, info }, ours.ciphertext, aad)
        expect(new Uint8Array(read)).to.deep.equal(new Uint8Array(plaintext))

        const theirs = await suite.seal({ recipientPublicKey: publicKey, info }, plaintext, aad)
        const opened = hpkeOpen({ recipient, enc: new Uint8Array(theirs.enc), info, aad, ciphertext: new Uint8Array(theirs.ct) })
        expect(opened != null && Buffer.compare(opened, plaintext) === 0).to.be.true()
      }), { numRuns: 30 })
  })

  it('does not open with another key, info, associated data or enc', () => {
    const recipient = x25519Generate()
    const other = x25519Generate()
    const info = hex('01')
    const aad = hex('02')
    const { enc, ciphertext } = hpkeSeal({ publicKey: recipient.publicKey, ikm: rfc.ikmE, info, aad, plaintext: rfc.pt })

    expect(hpkeOpen({ recipient, enc, info, aad, ciphertext })).to.not.be.undefined()
    expect(hpkeOpen({ recipient: other, enc, info, aad, ciphertext })).to.be.undefined()
    expect(hpkeOpen({ recipient, enc, info: aad, aad, ciphertext })).to.be.undefined()
    expect(hpkeOpen({ recipient, enc, info, aad: info, ciphertext })).to.be.undefined()
    expect(hpkeOpen({ recipient, enc: other.publicKey, info, aad, ciphertext })).to.be.undefined()
    expect(hpkeOpen({ recipient, enc, info, aad, ciphertext: ciphertext.subarray(0, 15) })).to.be.undefined()
    expect(hpkeOpen({ recipient, enc: enc.subarray(1), info, aad, ciphertext })).to.be.undefined()
  })

  it('refuses public keys of small order, on both sides', () => {
    const recipient = x25519Generate()
    const zero = new Uint8Array(32)

    expect(() => hpkeSeal({ publicKey: zero, ikm: rfc.ikmE, info: zero, plaintext: zero })).to.throw(/small order/)
    expect(hpkeOpen({ recipient, enc: zero, info: zero, ciphertext: new Uint8Array(48) })).to.be.undefined()
  })
})
