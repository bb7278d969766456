import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { createSigner } from '../../src/core/ed25519.ts'
import { signEntry } from '../../src/membership/roster/entry.ts'
import { revokeEntry } from '../../src/membership/roster/statements.ts'
import { COMPARE_HEADS, headsComparison } from '../../src/network/heads.ts'
import { TestNetwork, until } from './helpers/sites.ts'
import type { HeadsComponents } from '../../src/network/heads.ts'

describe('the authority before it appends', () => {
  it('learns from a member what a newer copy of it signed, and signs no second successor', async () => {
    const network = await TestNetwork.found()

    try {
      const { founder } = network
      const [member, gone, other] = await Promise.all(['member', 'gone', 'other'].map(async name => network.join(name)))
      await until(() => [member, gone, other].every(({ id }) => founder.network.links.isUp(id)), 'all are linked')
      await until(() => member.membership.roster.head().seq === 4, 'the member knows all')
      await Promise.all([gone.stop(), other.stop()])

      // what the newer copy signed reached this member, which does not pass it on
      const signer = createSigner({ siteId: founder.id, privateKey: createPrivateKey(await readFile(join(founder.dir, 'keys', 'authority.key'))) })
      const entry = await signEntry(revokeEntry(member.membership.roster.head(), { site: gone.id, reason: 'by the newer copy' }, Date.now()), async data => signer.sign(data))
      Object.assign(member.membership.roster.changed, { emit: () => {} })
      expect(await member.membership.roster.accept([entry.raw])).to.include({ kind: 'accepted' })
      expect(founder.membership.roster.head().seq).to.equal(4)

      await founder.membership.authority?.revoke(other.id, 'test')
      expect(founder.membership.roster.head().seq).to.equal(6)
      expect(founder.membership.roster.standing(gone.id)).to.equal('revoked')
      expect(founder.membership.roster.standing(other.id)).to.equal('revoked')
      await until(() => member.membership.roster.head().seq === 6, 'the member follows')
      expect([founder, member].map(({ membership }) => membership.roster.forked)).to.deep.equal([false, false])
    } finally {
      await network.stop()
    }
  })

  it('does not wait for ever, and goes on when a member fails', async () => {
    let expire = (): void => {}
    const timers: number[] = []
    const began: unknown[] = []
    const make = (begin: (connection: unknown) => Promise<never>): () => Promise<number> => headsComparison({
      sync: { begin: async (connection: unknown) => { began.push(connection); return begin(connection) } },
      control: { links: () => ['a', 'b'].map(connection => ({ connection })) },
      clock: {
        ...systemClock,
        setTimeout: (done: () => void, ms: number) => {
          expire = done
          timers.push(ms)

          return { cancel: () => { timers.pop() } }
        }
      }
    } as unknown as HeadsComponents)

    await make(async () => { throw new Error('refused') })()
    expect(began).to.deep.equal(['a', 'b'])
    expect(timers).to.deep.equal([])

    const waiting = make(async () => new Promise(() => {}))()
    expect(timers).to.deep.equal([COMPARE_HEADS])
    expire()
    await waiting
    expect(timers).to.deep.equal([])
  })
})
