import { expect } from 'aegir/chai'
import { verifyEd25519 } from '../../src/core/ed25519.ts'
import { owned } from '../../src/membership/bytes.ts'
import { follow } from '../../src/membership/roster/follow.ts'
import { KIND } from '../../src/membership/roster/kinds.ts'
import { signerAt } from '../../src/membership/roster/state.ts'
import { Chain, publicKeyOf, RECOVERY, T0, YEAR } from './chain.ts'
import type { Followed } from '../../src/membership/roster/follow.ts'
import type { RosterState } from '../../src/membership/roster/state.ts'

async function judge (chain: Chain): Promise<Followed> {
  return follow(undefined, chain.entries, verifyEd25519)
}

async function stateOf (chain: Chain): Promise<RosterState> {
  const followed = await judge(chain)

  if (followed.kind === 'refused') {
    throw new Error(followed.reason)
  }

  return followed.state
}

async function refusal (chain: Chain): Promise<string> {
  const followed = await judge(chain)

  return followed.kind === 'refused' ? followed.reason : 'accepted'
}

describe('the meaning of roster entries', () => {
  let chain: Chain

  beforeEach(async () => {
    chain = await Chain.found()
  })

  it('knows who signed what: the founder, with a rotated key too, and from a recovery on the site that it names', async () => {
    await chain.admit('a', 10)
    await chain.rotate(5)
    await chain.admit('b', 11, {}, { key: 5 })
    await chain.recover(6, { site: 'b.net' })
    await chain.revoke('a', '', { key: 6 })
    await chain.recover(7, { ancestorSeq: 5, ancestorHash: owned(chain.head.hash), site: 'nobody.net' })
    await chain.admit('c', 12, {}, { key: 7 })
    const state = await stateOf(chain)
    const by = (seq: number): unknown => [state.authorities.indexOf(signerAt(state, seq) as typeof state.authorities[number]), signerAt(state, seq).site]

    expect(state.members.get('a.net')).to.deep.include({ admittedSeq: 1, admittedAt: T0 + 1, revoked: { at: T0 + 5, reason: '', seq: 5 } })
    expect([1, 2, 3, 5, 7].map(by)).to.deep.equal([[0, 'a.net'], [0, 'a.net'], [1, 'a.net'], [2, 'b.net'], [3, undefined]])
  })

  it('admits, renews and revokes', async () => {
    await chain.admit('a', 10, { organization: 'Clinic', capabilities: ['x/*'] })
    await chain.renew('a', T0 + 2 * YEAR)

    const renewed = (await stateOf(chain)).members.get('a.net')
    expect(renewed).to.include({ organization: 'Clinic', notAfter: T0 + 2 * YEAR, admittedSeq: 1 })
    expect(renewed?.revoked).to.equal(undefined)

    await chain.revoke('a', 'stolen laptop', { at: T0 + 50 })
    expect((await stateOf(chain)).members.get('a.net')?.revoked).to.deep.equal({ at: T0 + 50, reason: 'stolen laptop', seq: 3 })
  })

  it('refuses a name that a member has, by the time of the entry', async () => {
    await chain.admit('a', 10)
    expect(await refusal(await chain.branch(2).admit('a', 11))).to.match(/^entry 2 admits a\.net, which is a member$/)
    expect(await refusal(await chain.branch(2).admit('a', 11, { notAfter: T0 + 3 * YEAR }, { at: T0 + YEAR }))).to.equal('accepted')
  })

  it('gives a revoked name to a new key only', async () => {
    await (await chain.admit('a', 10)).revoke('a')
    expect(await refusal(await chain.branch(3).admit('a', 10))).to.match(/signing key that was admitted before/)

    const state = await stateOf(await chain.branch(3).admit('a', 11))
    expect(state.members.get('a.net')?.signingKey).to.equalBytes(publicKeyOf(11))
    expect(state.members.get('a.net')?.revoked).to.equal(undefined)
  })

  it('never admits a key that was revoked, also two admissions later', async () => {
    await (await (await chain.admit('a', 10)).revoke('a')).admit('a', 11, { notAfter: T0 + 100 })
    expect(await refusal(await chain.branch(4).admit('a', 10, {}, { at: T0 + 200 }))).to.match(/signing key that was admitted before/)
    expect(await refusal(await chain.branch(4).admit('a', 11, {}, { at: T0 + 200 }))).to.equal('accepted')
  })

  it('refuses one key for two sites', async () => {
    await chain.admit('a', 10)
    expect(await refusal(await chain.admit('b', 10))).to.match(/admits b\.net with a signing key/)
  })

  const malformed: Array<[string, (chain: Chain) => Promise<Chain>, RegExp]> = [
    ['a site of another network', async chain => chain.admit('a', 10, { site: 'a.other' }), /no site of net/],
    ['an app id', async chain => chain.admit('a', 10, { site: 'app.a.net' }), /no site of net/],
    ['a short key', async chain => chain.admit('a', 10, { signingKey: new Uint8Array(31) }), /32 bytes/],
    ['a period that ends before it begins', async chain => chain.admit('a', 10, { notAfter: T0 }), /for no time/],
    ['a pattern out of its limits', async chain => chain.admit('a', 10, { capabilities: ['a b'] }), /out of its limits/],
    ['an organization out of its limits', async chain => chain.admit('a', 10, { organization: 'x'.repeat(201) }), /out of its limits/],
    ['a renewal of nobody', async chain => chain.renew('a', T0 + YEAR), /renews "a\.net", which is not on the roster/],
    ['a renewal of a revoked site', async chain => (await (await chain.admit('a', 10)).revoke('a')).renew('a', T0 + YEAR), /which is revoked/],
    ['a renewal into the past', async chain => (await chain.admit('a', 10)).renew('a', T0), /for no time/],
    ['a revocation of nobody', async chain => chain.revoke('a'), /not on the roster/],
    ['a second revocation', async chain => (await (await chain.admit('a', 10)).revoke('a')).revoke('a'), /revoked already/],
    ['a long reason', async chain => (await chain.admit('a', 10)).revoke('a', 'x'.repeat(501)), /500 characters/],
    ['a second genesis', async chain => chain.link(KIND.genesis, chain.entries[0].entry.body), /second genesis/],
    ['a body that is not of its kind', async chain => chain.link(KIND.admit, Uint8Array.of(0x0a, 0xff)), /not of its kind/],
    ['the recovery key as authority', async chain => chain.rotate(RECOVERY), /cannot be one/],
    ['a recovery from another entry', async chain => chain.recover(3, { ancestorSeq: 1 }), /another entry/],
    ['a recovery from another hash', async chain => chain.recover(3, { ancestorHash: new Uint8Array(32) }), /another entry/],
    ['a gap', async chain => chain.admit('a', 10, {}, { seq: 2 }), /does not follow/],
    ['another predecessor', async chain => chain.admit('a', 10, {}, { prev: new Uint8Array(32) }), /does not follow/]
  ]

  for (const [what, build, reason] of malformed) {
    it(`refuses ${what}`, async () => {
      expect(await refusal(await build(await Chain.found()))).to.match(reason)
    })
  }

  it('hands the authority on, and takes nothing from the old key after that', async () => {
    await chain.rotate(5)
    expect(await refusal(await chain.branch(2).admit('a', 10, {}, { key: 5 }))).to.equal('accepted')
    expect(await refusal(await chain.branch(2).admit('a', 10))).to.match(/entry 2 is not signed by the authority of its time/)
  })

  it('lets only the recovery key recover, and nothing else', async () => {
    expect(await refusal(await chain.branch(1).recover(5, {}, { key: 1 }))).to.match(/not signed/)
    expect(await refusal(await chain.branch(1).admit('a', 10, {}, { key: RECOVERY }))).to.match(/not signed/)

    await chain.recover(5)
    expect(await refusal(await chain.branch(2).admit('a', 10, {}, { key: 5 }))).to.equal('accepted')
    expect(await refusal(await chain.branch(2).admit('a', 10))).to.match(/not signed/)
  })

  it('verifies and skips unknown kinds, the reserved ones as well', async () => {
    for (const kind of [0, 7, 16, 17, 18, 19, 99]) {
      await chain.link(kind, Uint8Array.of(1, 2, 3), { critical: false })
    }

    await chain.admit('a', 10)
    expect([...(await stateOf(chain)).members.keys()]).to.deep.equal(['a.net'])
    expect(await refusal(await chain.link(99, new Uint8Array(), { critical: false, key: 9 }))).to.match(/not signed/)
  })

  it('stops at an unknown kind that is critical, if its signature is good', async () => {
    const before = await chain.admit('a', 10)
    const good = await (await before.branch(2).link(20, new Uint8Array(), { critical: true })).admit('b', 11)
    const followed = await judge(good)

    expect(followed.kind === 'followed' && followed.halted).to.match(/entry 2 is of the kind 20, .*update beam-node/)
    expect(followed.kind === 'followed' && followed.entries).to.have.lengthOf(2)
    expect(followed.kind === 'followed' && [...followed.state.members.keys()]).to.deep.equal(['a.net'])

    expect(await refusal(await before.branch(2).link(20, new Uint8Array(), { critical: true, key: 9 }))).to.match(/not signed/)
  })

  it('refuses a genesis that is none', async () => {
    expect(await refusal(await Chain.found({ signedBy: 9 }))).to.match(/not signed/)
    expect(await refusal(await Chain.found({ recovery: 1 }))).to.match(/two different keys/)
    expect(await refusal(await Chain.found({ network: 'a..b' }))).to.match(/no valid network/)
    expect((await follow(undefined, [], verifyEd25519)).kind).to.equal('refused')
    expect((await follow(undefined, (await chain.admit('a', 10)).entries.slice(1), verifyEd25519)).kind).to.equal('refused')
  })
})
