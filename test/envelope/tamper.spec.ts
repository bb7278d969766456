import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { decodeHead, decodeSmall, encodeSmall } from '../../src/envelope/decode.ts'
import { alpha, beta, bytesOf, checkAt, fill, gamma, NOW, sealAsGamma, sealedTask, smallTask, taskInput } from './fixture.ts'
import { forge } from './forge.ts'
import { expectRefused, refusalOf } from './refused.ts'
import type { EnvelopeError } from '../../src/envelope/errors.ts'
import type { Opened } from '../../src/envelope/index.ts'

const check = checkAt(beta)

async function receive (bytes: Uint8Array, at = check): Promise<Opened> {
  const outcome = await at.small(decodeSmall(bytes), { via: alpha.siteId, now: NOW })

  if (outcome.kind !== 'fresh') {
    throw new Error(outcome.kind)
  }

  return outcome.opened
}

describe('tampering', () => {
  it('refuses each single flipped bit of a whole small envelope', async () => {
    const genuine = await smallTask(bytesOf(64))
    await receive(genuine)
    const codes = new Set<string>()

    for (let bit = 0; bit < genuine.byteLength * 8; bit++) {
      const bytes = new Uint8Array(genuine)
      bytes[bit >> 3] ^= 1 << (bit & 7)
      const { code, reply } = await refusalOf(async () => receive(bytes)).catch((error: Error) => { throw new Error(`bit ${bit}: ${error.message}`, { cause: error }) })
      codes.add(code)

      // whoever relays an envelope can flip bits: that must never look like a verdict on the genuine one
      expect(reply === 'for-good' && code !== 'expired', `bit ${bit}: ${code}`).to.be.false()
    }

    expect([...codes]).to.include.members(['malformed', 'bad-signature', 'unopenable', 'not-for-me', 'not-member', 'wrong-network', 'unsupported', 'too-far-ahead', 'expired'])
  })

  it('refuses any change of any length anywhere in an envelope of up to 100 KiB', async () => {
    const genuine = await smallTask(bytesOf(100_000))

    await fc.assert(fc.asyncProperty(
      fc.nat(genuine.byteLength - 1), fc.nat(40), fc.uint8Array({ maxLength: 40 }),
      async (at, removed, inserted) => {
        const bytes = Buffer.concat([genuine.subarray(0, at), inserted, genuine.subarray(at + removed)])
        fc.pre(Buffer.compare(bytes, genuine) !== 0)
        await refusalOf(async () => receive(bytes))
      }), { numRuns: 300 })
  })

  it('survives any bytes at all', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 3_000, size: 'max' }), async (bytes) => {
      await refusalOf(async () => receive(bytes))
    }), { numRuns: 1_000 })
  })

  it('opens for nobody but the recipient', async () => {
    const bytes = await smallTask(bytesOf(64))

    await expectRefused(async () => receive(bytes, checkAt(gamma)), 'not-for-me')
    // a site that pretends to be beta, even with beta's key id, has not beta's key
    await expectRefused(async () => receive(bytes, checkAt(gamma, { self: beta.siteId })), 'unknown-key', 'for-now')
    await expectRefused(async () => receive(bytes, checkAt(gamma, { self: beta.siteId, privateKey: () => gamma.encryption[0].privateKey })), 'unopenable')
  })

  describe('passing a sealed body on as one\'s own', () => {
    it('fails with the genuine label: it names its sender', async () => {
      const { head, ciphertext } = decodeSmall(await smallTask(bytesOf(64)))
      const { signature } = decodeSmall((await forge({ signer: gamma, label: { from: gamma.siteId } })).small).head
      const resigned = await gamma.signer.sign(Buffer.concat([Buffer.from('beam-node/envelope-signature/v1\0'), head.labelBytes, head.enc, head.wrapped]))

      for (const forged of [signature, resigned]) {
        const bytes = encodeSmall(headOf(head.labelBytes, head.enc, head.wrapped, forged), ciphertext)
        await expectRefused(async () => receive(bytes), 'bad-signature', 'none')
      }
    })

    it('fails with a label of one\'s own: the wrapped key is bound to the genuine one', async () => {
      const genuine = decodeSmall(await smallTask(bytesOf(64)))
      const { id, keyId, keyCommitment, contentTag, size } = genuine.head.label
      const own = await forge({ signer: gamma, label: { from: gamma.siteId, id, keyId, keyCommitment, contentTag, size } as any })
      const signature = await gamma.signer.sign(Buffer.concat([Buffer.from('beam-node/envelope-signature/v1\0'), decodeHead(own.head).labelBytes, genuine.head.enc, genuine.head.wrapped]))
      const bytes = encodeSmall(headOf(decodeHead(own.head).labelBytes, genuine.head.enc, genuine.head.wrapped, signature), genuine.ciphertext)

      await expectRefused(async () => receive(bytes), 'unopenable', 'for-good')
    })

    it('fails for who can open it, too: beta cannot show alpha\'s words to gamma as its own under alpha\'s hash', async () => {
      // beta knows the content; whatever it seals itself has another hash than what alpha signed
      const genuine = await sealedTask(bytesOf(64))
      const again = await sealAsGamma({ ...taskInput(bytesOf(64)), from: gamma.siteId, inner: { ...taskInput(bytesOf(64)).inner, from: 'app1.gamma.broker.example', creator: gamma.siteId } })

      expect(again.hash).to.not.deep.equal(genuine.hash)
    })
  })

  it('refuses chunks of another envelope of the same sites', async () => {
    const one = await sealedTask(bytesOf(64))
    const two = await sealedTask(bytesOf(64), { id: fill(0xab, 16) })
    const error: EnvelopeError = await refusalOf(async () => receive(encodeSmall(one.head, await two.chunk(0))))

    expect(error).to.include({ code: 'unopenable', reply: 'none' })
  })
})

function headOf (label: Uint8Array, enc: Uint8Array, wrapped: Uint8Array, signature: Uint8Array): Uint8Array {
  const fields = [label, enc, wrapped, signature]

  return Buffer.concat(fields.flatMap((field, i) => [
    Buffer.from(field.byteLength < 128 ? [(i + 1) << 3 | 2, field.byteLength] : [(i + 1) << 3 | 2, field.byteLength & 0x7f | 0x80, field.byteLength >> 7]),
    field
  ]))
}
