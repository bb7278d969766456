import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { Chain, keep, T0, YEAR } from './chain.ts'
import type { Member } from '../../src/membership/index.ts'

type Step =
  | { what: 'admit', site: number, key: number }
  | { what: 'renew' | 'revoke', site: number }
  | { what: 'rotate', key: number }
  | { what: 'unknown', kind: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('admit' as const), site: fc.nat(5), key: fc.integer({ min: 100, max: 140 }) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('renew' as const, 'revoke' as const), site: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('rotate' as const), key: fc.integer({ min: 200, max: 210 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('unknown' as const), kind: fc.integer({ min: 7, max: 30 }) }) }
)

/** Builds whatever of the steps is allowed: the roster itself says what that is */
async function build (steps: Step[]): Promise<Chain> {
  let chain = await Chain.found()
  const { roster } = await keep(chain)
  let key = 1

  for (const step of steps) {
    const next = chain.branch(chain.entries.length)

    switch (step.what) {
      case 'admit':
        await next.admit(`s${step.site}`, step.key, {}, { key })
        break
      case 'renew':
        await next.renew(`s${step.site}`, T0 + 2 * YEAR, { key })
        break
      case 'revoke':
        await next.revoke(`s${step.site}`, '', { key })
        break
      case 'rotate':
        await next.rotate(step.key, { key })
        break
      default:
        await next.link(step.kind, new Uint8Array(3), { critical: false, key })
    }

    if ((await roster.accept([next.head.raw])).kind === 'accepted') {
      chain = next
      key = step.what === 'rotate' ? step.key : key
    }
  }

  return chain
}

const chains = fc.array(step, { minLength: 1, maxLength: 14 })

function sorted (members: Member[]): Member[] {
  return [...members].sort((one, other) => one.site < other.site ? -1 : 1)
}

describe('the roster, whatever the log', () => {
  it('takes any prefix, then the rest, and always ends in the same state', async () => {
    await fc.assert(fc.asyncProperty(chains, fc.nat(), async (steps, at) => {
      const chain = await build(steps)
      const whole = await keep(chain)
      const parts = await keep(chain)
      const cut = at % (chain.entries.length + 1)

      expect(await whole.roster.accept(chain.raws)).to.deep.equal({ kind: 'accepted', added: chain.entries.length - 1 })
      await parts.roster.accept(chain.raws.slice(0, cut))
      await parts.roster.accept(chain.raws.slice(Math.max(1, cut)))
      expect(sorted(parts.roster.members())).to.deep.equal(sorted(whole.roster.members()))
      expect(parts.roster.head()).to.deep.equal(whole.roster.head())
      expect(sorted((await whole.reload()).members())).to.deep.equal(sorted(whole.roster.members()))
    }), { numRuns: 40 })
  })

  it('ends in the same state in whichever order overlapping pieces arrive', async () => {
    await fc.assert(fc.asyncProperty(chains, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }), async (steps, pieces) => {
      const chain = await build(steps)
      const { roster } = await keep(chain)

      for (const [from, length] of pieces) {
        const start = from % chain.entries.length
        const outcome = await roster.accept(chain.raws.slice(start, start + 1 + length % 5))
        expect(outcome.kind).to.be.oneOf(['accepted', 'gap'])
      }

      // what a member does with a gap: asks from there
      for (let outcome = await roster.accept([chain.head.raw]); outcome.kind === 'gap';) {
        outcome = await roster.accept(chain.raws.slice(outcome.from))
      }

      expect(roster.head()).to.deep.equal({ seq: chain.head.entry.seq, hash: chain.head.hash })
    }), { numRuns: 40 })
  })

  it('refuses a log with any one byte changed, and stays where it was', async () => {
    await fc.assert(fc.asyncProperty(chains, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (steps, which, where, flip) => {
      const chain = await build(steps)
      fc.pre(chain.entries.length > 1)
      const { roster, store } = await keep(chain)
      const at = 1 + which % (chain.entries.length - 1)
      const raws = chain.raws.map(raw => Uint8Array.from(raw))
      raws[at][where % raws[at].length] ^= flip

      const outcome = await roster.accept(raws)
      expect(outcome.kind).to.be.oneOf(['refused', 'gap'])
      expect(roster.head().seq).to.equal(0)
      expect((await store.rosterHead({}))?.seq).to.equal(0)
      expect(roster.forked).to.equal(false)
    }), { numRuns: 150 })
  })
})
