import { expect } from 'aegir/chai'
import { AUDITED_REFILL, AUDITED_REFUSALS } from '../../src/membership/authority/refusal-notes.ts'
import { hex } from '../../src/membership/bytes.ts'
import { ENCRYPTION_KEY_LIFETIME, OLD_KEY_KEPT, ROTATE_KEYS_EVERY } from '../../src/membership/limits.ts'
import { invite, redeem, TestBench } from './fixture.ts'
import type { TestSite } from './fixture.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'

describe('what membership writes into the audit log', () => {
  let bench: TestBench
  let site: TestSite
  let founder: LoadedMembership

  beforeEach(async () => {
    bench = new TestBench()
    site = await bench.found()
    founder = await bench.load(site)
  })

  afterEach(async () => {
    await bench.clean()
  })

  const entries = async (...kinds: string[]): Promise<Array<Record<string, unknown>>> =>
    (await site.store.listAudit({ after: 0, limit: 10_000, maxBytes: 10_000_000 })).map(({ entry }) => JSON.parse(entry)).filter(({ kind }) => kinds.includes(kind))

  /** A request that names no ticket of this site, from a peer of its own each time */
  async function guess (number: number): Promise<void> {
    await founder.authority?.redeem(new Uint8Array(3), { joiner: `stranger${number}`, inviter: founder.records.get(founder.self)?.peers[0] ?? '' })
  }

  it('who was refused, and why; a stranger fills it with nothing', async () => {
    for (let number = 0; number < 200; number++) {
      await guess(number)
    }

    expect(await entries('decision')).to.have.lengthOf(AUDITED_REFUSALS)
    expect((await entries('decision'))[0]).to.include({ subject: 'peer stranger0', action: 'join', allowed: false, reason: 'malformed' })

    // and keeps nobody else's refusal out
    const ticket = (await invite(founder, 'biscoe')).ticket
    const prepared = await bench.prepare((await bench.site()).dir, ticket)
    await redeem(founder, prepared)
    const late = await bench.prepare((await bench.site()).dir, ticket)
    await redeem(founder, late)
    expect((await entries('decision')).at(-1)).to.include({ subject: 'biscoe', action: 'join', allowed: false, reason: 'used' })

    bench.clock.time += AUDITED_REFILL
    await guess(200)
    await guess(201)
    const all = await entries('decision')
    expect(all).to.have.lengthOf(AUDITED_REFUSALS + 2)
    expect(all.at(-1)).to.include({ subject: 'peer stranger200', reason: `malformed; ${200 - AUDITED_REFUSALS} before it are not listed` })
  })

  it('nothing each time that a join waits for approval', async () => {
    const ticket = (await founder.authority?.invite({ site: 'biscoe', capabilities: [], addresses: ['/ip4/127.0.0.1/tcp/1'], peer: founder.records.get(founder.self)?.peers[0] ?? '', approve: true }))?.ticket ?? ''
    const prepared = await bench.prepare((await bench.site()).dir, ticket)

    for (let asked = 0; asked < 5; asked++) {
      await redeem(founder, prepared)
    }

    expect(await entries('decision')).to.deep.equal([])
    await founder.authority?.decide('biscoe', 'refuse')
    await redeem(founder, prepared)
    expect((await entries('decision')).map(({ allowed, reason }) => [allowed, reason])).to.deep.equal([[false, undefined], [false, 'refused']])
  })

  it('each encryption key that came and went, by its id', async () => {
    const first = hex(founder.records.encryptionKey(founder.self)?.keyId ?? new Uint8Array())
    bench.clock.time += ROTATE_KEYS_EVERY
    const { made } = await founder.upkeep.rotateKeys()
    const at = bench.clock.time
    bench.clock.time += OLD_KEY_KEPT
    await founder.upkeep.rotateKeys()

    const keys = await entries('encryption-key-made', 'encryption-key-erased')
    expect(keys[0]).to.deep.equal({ at, kind: 'encryption-key-made', key: hex(made ?? new Uint8Array()), until: at + ENCRYPTION_KEY_LIFETIME })
    expect(keys.at(-1)).to.deep.equal({ at: bench.clock.time, kind: 'encryption-key-erased', key: first })
  })

  it('and a refusal is one, also when it cannot be written down', async () => {
    const noteFact = site.store.noteFact
    site.store.noteFact = async () => { throw new Error('disk full') }
    const { ticket } = await invite(founder, 'biscoe')
    const prepared = await bench.prepare((await bench.site()).dir, ticket)
    await founder.authority?.decide('biscoe', 'cancel')
    const [answer] = await redeem(founder, prepared)
    site.store.noteFact = noteFact
    // 8: cancelled
    expect([...answer.subarray(0, 2)]).to.deep.equal([0x08, 8])
  })
})
