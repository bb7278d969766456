import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { endingAdmission, notMemberBecause } from '../../src/membership/own-standing.ts'
import { createUpkeep, FIRST_LOOK, UPKEEP_INTERVAL } from '../../src/membership/upkeep.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'
import { Chain, keep, T0, YEAR } from './chain.ts'

const DAY = 86_400_000

describe('a site about itself', () => {
  it('says in plain words why it is no member, and what to do', async () => {
    let now = T0 + 1
    const chain = await (await (await Chain.found()).admit('a', 10, { notBefore: T0, notAfter: T0 + DAY })).admit('b', 11)
    const { roster } = await keep(await chain.revoke('b', 'laptop was stolen', { at: T0 }), 4, { now: () => now })

    expect(notMemberBecause(roster, 'a.net')).to.equal(undefined)
    expect(notMemberBecause(roster, 'b.net')).to.match(/b\.net was revoked on .+ \("laptop was stolen"\).+new ticket/)
    expect(notMemberBecause(roster, 'c.net')).to.match(/not on the roster any more.+new ticket/)
    now = T0 + DAY
    expect(notMemberBecause(roster, 'a.net')).to.match(/ended on .+beam-node renew a\.net/)
    now = T0 - 1
    expect(notMemberBecause(roster, 'a.net')).to.match(/begins only on .+clock/)
  })

  it('warns 30 days before its admission ends, and louder from 7 on', async () => {
    const { roster } = await keep(await (await Chain.found()).admit('a', 10), 2)
    const end = T0 + YEAR

    expect(endingAdmission(roster, 'a.net', end - 30 * DAY)).to.equal(undefined)
    expect(endingAdmission(roster, 'a.net', end - 29 * DAY)).to.include({ level: 'warn', days: 29 })
    expect(endingAdmission(roster, 'a.net', end - 7 * DAY)).to.include({ level: 'warn', days: 7 })
    expect(endingAdmission(roster, 'a.net', end - 6 * DAY)).to.include({ level: 'error', days: 6 })
    expect(endingAdmission(roster, 'nobody.net', end)).to.equal(undefined)
  })

  it('looks after its keys at once, after a minute and each hour, also after a failure, and no more once stopped', async () => {
    const clock = new VirtualClock()
    const did: string[] = []
    const { roster } = await keep(await (await Chain.found()).admit('a', 10), 2)
    const upkeep = createUpkeep({
      upkeep: {
        rotateKeys: async () => {
          did.push('keys')

          return { erased: [] }
        },
        renewMembers: async () => {
          did.push('renew')
          throw new Error('the disk is full')
        }
      },
      roster,
      self: 'a.net',
      clock,
      log: silentLog
    })

    await upkeep.start()
    expect(did).to.deep.equal(['keys'])
    await clock.advance(FIRST_LOOK)
    expect(did).to.deep.equal(['keys', 'keys', 'renew'])
    await clock.advance(UPKEEP_INTERVAL)
    expect(did).to.have.lengthOf(5)
    await upkeep.stop()
    await clock.advance(3 * UPKEEP_INTERVAL)
    expect(did).to.have.lengthOf(5)
  })
})
