import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { endingAdmission, notMemberBecause } from '../../src/membership/own-standing.ts'
import { STANDING_CHECK, watchOwnStanding } from '../../src/membership/own-watch.ts'
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
    // the first that was admitted founded the network
    expect(notMemberBecause(roster, 'b.net')).to.match(/b\.net was revoked on .+ by the authority of the network at a\.net \("laptop was stolen"\).+new ticket/)
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

  it('says in the log that it was revoked, by whom and why, as soon as the entry is there, and once; also when its time runs out', async () => {
    const clock = new VirtualClock()
    const lines: Array<[string, string]> = []
    const log = { ...silentLog, error: (_: object, text: string) => { lines.push(['error', text]) }, info: (_: object, text: string) => { lines.push(['info', text]) } }
    const chain = await (await (await Chain.found()).admit('a', 10)).admit('b', 11, { notBefore: 0, notAfter: clock.now() + DAY })
    const { roster } = await keep(chain, 3, clock)
    const stop = watchOwnStanding({ roster, self: 'b.net', clock, log })
    expect(lines).to.deep.equal([])

    await clock.advance(DAY + STANDING_CHECK)
    expect(lines.splice(0)).to.deep.equal([['error', notMemberBecause(roster, 'b.net')]])
    await roster.accept((await chain.renew('b', clock.now() + DAY)).raws)
    expect(lines.splice(0)).to.deep.equal([['info', 'this site is a member again']])
    await roster.accept((await chain.revoke('a', 'another one')).raws)
    expect(lines).to.deep.equal([])
    await roster.accept((await chain.revoke('b', 'laptop was stolen')).raws)
    expect(lines).to.have.length(1)
    expect(lines[0][1]).to.match(/^b\.net was revoked on \S+ by the authority of the network at a\.net \("laptop was stolen"\)/)

    await clock.advance(3 * STANDING_CHECK)
    stop()
    expect(lines).to.have.length(1)
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
