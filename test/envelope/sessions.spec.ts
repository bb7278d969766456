import { expect } from 'aegir/chai'
import { decodeSmall, encodeSmall } from '../../src/envelope/decode.ts'
import { CHUNK } from '../../src/envelope/index.ts'
import { createSeal } from '../../src/envelope/seal.ts'
import { SESSION_LIFE, SESSION_USES, Sessions } from '../../src/envelope/sessions.ts'
import { alpha, beta, checkAt, fill, gamma, HOUR, NETWORK, NOW, readerOf, taskInner } from './fixture.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { SealedEnvelope, SealInput } from '../../src/envelope/index.ts'

describe('sessions of small envelopes', () => {
  let now = 0
  let drawn = 0
  let timers: Array<{ fn(): void, at: number }> = []
  let sessions: Sessions

  beforeEach(() => {
    now = 0
    drawn = 0
    timers = []
    sessions = new Sessions({
      clock: { monotonic: () => now, setTimeout: (fn: () => void, ms: number) => { timers.push({ fn, at: now + ms }) } } as unknown as Clock,
      random: { bytes: (length) => fill(++drawn, length), float: () => 0 }
    })
  })

  const sealed = async (number: number, to = beta, body: Uint8Array = Buffer.from('text')): Promise<SealedEnvelope> => createSeal({ signer: alpha.signer, sessions })({
    network: NETWORK,
    id: fill(number, 16),
    from: alpha.siteId,
    to: to.siteId,
    expires: NOW + HOUR,
    seed: fill(number),
    recipient: to.encryption[0],
    inner: { ...taskInner(body), to: [`app.${to.siteId}`] },
    body: readerOf(body)
  } satisfies SealInput)
  const encOf = async (envelope: SealedEnvelope): Promise<string> => Buffer.from(decodeSmall(encodeSmall(envelope.head, await envelope.chunk(0))).head.enc).toString('hex')

  it('share one ephemeral key, and each opens', async () => {
    const envelopes = [await sealed(1), await sealed(2), await sealed(3)]
    const check = checkAt(beta)

    expect(new Set(await Promise.all(envelopes.map(encOf)))).to.have.property('size', 1)
    expect(drawn).to.equal(1)

    for (const envelope of envelopes) {
      const outcome = await check.small(decodeSmall(encodeSmall(envelope.head, await envelope.chunk(0))), { via: alpha.siteId, now: NOW })

      expect(outcome.kind === 'fresh' && Buffer.from(outcome.opened.body).toString()).to.equal('text')
    }
  })

  it('wrap no two content keys under one key: what is wrapped differs with all that the label says', async () => {
    const wrapped = await Promise.all([1, 2, 3].map(async number => {
      const envelope = await sealed(number)

      return Buffer.from(decodeSmall(encodeSmall(envelope.head, await envelope.chunk(0))).head.wrapped).toString('hex')
    }))

    expect(new Set(wrapped)).to.have.property('size', 3)
    // the same envelope again is the same plaintext under the same label: nothing new is told
    expect((await sealed(1)).head).to.deep.equal((await sealed(1)).head)
  })

  it('are each for one recipient key', async () => {
    expect(await encOf(await sealed(1, beta))).to.not.equal(await encOf(await sealed(1, gamma)))
  })

  it('end after their time and after their number of envelopes', async () => {
    const first = sessions.for(beta.encryption[0].publicKey)

    now = SESSION_LIFE - 1
    expect(sessions.for(beta.encryption[0].publicKey)).to.equal(first)
    now = SESSION_LIFE
    const second = sessions.for(beta.encryption[0].publicKey)

    expect(second.enc).to.not.deep.equal(first.enc)

    for (let i = 1; i < SESSION_USES; i++) {
      expect(sessions.for(beta.encryption[0].publicKey)).to.equal(second)
    }

    expect(sessions.for(beta.encryption[0].publicKey).enc).to.not.deep.equal(second.enc)
  })

  it('leave no secret behind, though nothing more is sealed for that key', () => {
    const { sharedSecret } = sessions.for(beta.encryption[0].publicKey)
    expect(sharedSecret.some(byte => byte !== 0)).to.be.true()
    expect(timers.map(({ at }) => at)).to.deep.equal([SESSION_LIFE])
    timers[0].fn()
    expect(sharedSecret.every(byte => byte === 0)).to.be.true()

    // the clock that tells the time may lag behind the one that rings
    now = SESSION_LIFE - 1
    expect(sessions.for(beta.encryption[0].publicKey).sharedSecret.some(byte => byte !== 0)).to.be.true()
    expect(drawn).to.equal(2)
  })

  it('are not for large envelopes, which are resumed from their seed', async () => {
    const envelope = await sealed(1, beta, new Uint8Array(CHUNK))
    const alone = await createSeal({ signer: alpha.signer })({
      network: NETWORK, id: fill(1, 16), from: alpha.siteId, to: beta.siteId, expires: NOW + HOUR, seed: fill(1), recipient: beta.encryption[0], inner: { ...taskInner(new Uint8Array(CHUNK)), to: [`app.${beta.siteId}`] }, body: readerOf(new Uint8Array(CHUNK))
    })

    expect(drawn).to.equal(0)
    expect(envelope.head).to.deep.equal(alone.head)
  })
})
