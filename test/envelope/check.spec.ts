import { expect } from 'aegir/chai'
import { syncVerify } from '../../src/core/ed25519.ts'
import { createVerificationBudget } from '../../src/envelope/budget.ts'
import { decodeHead, decodeSmall } from '../../src/envelope/decode.ts'
import { CLOCK_SKEW, MAX_TTL } from '../../src/envelope/index.ts'
import { alpha, beta, bytesOf, checkAt, createKey, createSite, fill, gamma, HOUR, NETWORK, NOW, sealedTask, smallTask, taskInner } from './fixture.ts'
import { forge } from './forge.ts'
import { expectRefused } from './refused.ts'
import type { Forgery } from './forge.ts'
import type { Check, EnvelopeRefusal } from '../../src/envelope/index.ts'

const via = { via: alpha.siteId, now: NOW }
const stranger = createSite('stranger', 9)

async function small (at: Check, bytes: Uint8Array, options = via): Promise<unknown> {
  return at.small(decodeSmall(bytes), options)
}

describe('the recipient\'s checks', () => {
  it('accepts an envelope by a second implementation of the sender', async () => {
    const { small } = await forge()
    const outcome = await checkAt(beta).small(decodeSmall(small), via)

    expect(outcome).to.have.property('kind', 'fresh')
  })

  it('come in the documented order: of several faults the first is named', async () => {
    // one fault after the other is put right
    const faults: Array<[EnvelopeRefusal, Forgery]> = [
      ['not-member', { label: { from: stranger.siteId, to: gamma.siteId, network: 'other.example', expires: 1 }, signer: stranger }],
      ['not-for-me', { label: { to: gamma.siteId, network: 'other.example', expires: 1 }, signer: stranger }],
      ['wrong-network', { label: { network: 'other.example', expires: 1 }, signer: stranger }],
      ['expired', { label: { expires: 1 }, signer: stranger }]
    ]
    const rest: Forgery = { label: { keyId: fill(1, 8) }, signer: stranger, wrap: fill(1) }
    const seen = (): never => { throw new Error('dedup was asked') }

    for (const [code, forgery] of faults) {
      const { head } = await forge({ ...rest, ...forgery, label: { ...rest.label, ...forgery.label } })
      await expectRefused(async () => checkAt(beta).head(decodeHead(head), { ...via, seen }), code)
    }

    // dedup comes before the signature, the signature before anything is opened
    const { head } = await forge(rest)
    expect(await checkAt(beta).head(decodeHead(head), { ...via, seen: () => 'as then' })).to.deep.include({ kind: 'duplicate', seen: 'as then' })
    await expectRefused(async () => checkAt(beta).head(decodeHead(head), { ...via, seen: () => undefined }), 'bad-signature')
    await expectRefused(async () => checkAt(beta).head(decodeHead((await forge({ ...rest, signer: alpha })).head), via), 'unknown-key')
  })

  it('asks dedup with the label, so that it can look for sender and id', async () => {
    const sealed = await sealedTask(bytesOf(1))
    let asked: unknown
    await checkAt(beta).head(decodeHead(sealed.head), { ...via, seen: async (label) => { asked = label } })

    expect(asked).to.deep.include({ from: alpha.siteId, id: fill(0xaa, 16), hash: sealed.hash })
  })

  it('judges by the roster as it is now, also when it changed during the checks', async () => {
    let revoked = false
    const signingKey = (): Uint8Array | undefined => revoked ? undefined : alpha.signer.publicKey
    const bytes = await smallTask(bytesOf(1))
    await small(checkAt(beta, { signingKey }), bytes)

    const check = checkAt(beta, {
      signingKey,
      verify: async (...args) => {
        revoked = true
        return syncVerify(...args)
      }
    })
    await expectRefused(async () => small(check, bytes), 'not-member', 'none')
    await expectRefused(async () => small(checkAt(beta, { signingKey }), bytes), 'not-member', 'none')
  })

  it('allows clocks to differ by five minutes, at both ends', async () => {
    const bytes = await smallTask(bytesOf(1))
    const expires = NOW + HOUR
    const check = checkAt(beta)

    await small(check, bytes, { ...via, now: expires + CLOCK_SKEW })
    await expectRefused(async () => small(check, bytes, { ...via, now: expires + CLOCK_SKEW + 1 }), 'expired', 'for-good')
    await small(check, bytes, { ...via, now: expires - MAX_TTL - CLOCK_SKEW })
    await expectRefused(async () => small(check, bytes, { ...via, now: expires - MAX_TTL - CLOCK_SKEW - 1 }), 'too-far-ahead', 'for-now')
  })

  it('opens with an older key as long as the site has it, and not with an erased one', async () => {
    const old = createKey(0x71)
    const site = { ...beta, encryption: [old, beta.encryption[0]] }
    const bytes = await smallTask(bytesOf(1), { recipient: old })

    await small(checkAt(site), bytes)
    await expectRefused(async () => small(checkAt(beta), bytes), 'unknown-key', 'for-now')
  })

  it('refuses a content key that is not the one the label commits to', async () => {
    await expectRefused(async () => small(checkAt(beta), (await forge({ wrap: fill(1) })).small), 'unopenable', 'for-good')
    await expectRefused(async () => small(checkAt(beta), (await forge({ label: { keyCommitment: fill(1) } })).small), 'unopenable', 'for-good')
  })

  it('refuses a content that is not the one the label commits to', async () => {
    await expectRefused(async () => small(checkAt(beta), (await forge({ label: { contentTag: fill(1) } })).small), 'unopenable', 'for-good')
  })

  it('refuses a body that is not what inner says', async () => {
    const { Inner } = await import('../../src/envelope/pb/envelope.ts')
    const body = fill(7, 100)

    for (const claimed of [{ bodySize: 99 }, { bodySize: 101 }, { bodySha256: fill(1) }]) {
      const inner = Inner.encode({ ...taskInner(body), ...claimed } as any)
      await expectRefused(async () => small(checkAt(beta), (await forge({ inner, body })).small), 'inconsistent', 'for-good')
    }
  })

  it('refuses an inner that is said to be longer than all there is, or is cut short', async () => {
    for (const innerLength of [0xffffffff, 1_000_000, 5_000]) {
      await expectRefused(async () => small(checkAt(beta), (await forge({ innerLength })).small), 'malformed', 'for-good')
    }

    await expectRefused(async () => small(checkAt(beta), (await forge({ innerLength: 10 })).small), 'unopenable', 'for-good')
  })

  it('stops verifying for a peer whose signatures keep failing, and for no other', async () => {
    let verified = 0
    const check = checkAt(beta, {
      budget: createVerificationBudget({ burst: 10, rate: 1 }),
      verify: async (...args) => {
        verified++
        return syncVerify(...args)
      }
    })
    const forged = decodeSmall((await forge({ signer: gamma })).small)
    const genuine = decodeSmall(await smallTask(bytesOf(1)))

    for (let i = 0; i < 10; i++) {
      await expectRefused(async () => check.small(forged, { via: gamma.siteId, now: NOW }), 'bad-signature', 'none')
    }

    for (let i = 0; i < 1_000; i++) {
      await expectRefused(async () => check.small(forged, { via: gamma.siteId, now: NOW }), 'over-budget', 'none')
    }

    expect(verified).to.equal(10)
    await expectRefused(async () => check.small(genuine, { via: gamma.siteId, now: NOW }), 'over-budget', 'none')
    expect(await check.small(genuine, via)).to.have.property('kind', 'fresh')
    expect(await check.small(genuine, { via: gamma.siteId, now: NOW + 1_000 })).to.have.property('kind', 'fresh')
  })

  it('names the network in nothing but the label: another network\'s envelope is refused', async () => {
    const check = checkAt(beta, { network: `x.${NETWORK}` })
    await expectRefused(async () => small(check, await smallTask(bytesOf(1))), 'wrong-network')
  })
})
