import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'aegir/chai'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import { OpenLimits } from '../../src/tasks/open-limits.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Store } from '../../src/store/index.ts'

const SELF = 'me.net'
const NOW = 1_700_000_000_000
const TTL = 60_000

describe('what one site may have open here', () => {
  let store: Store
  let now: number
  const clock: Clock = { now: () => now, monotonic: () => now, setTimeout: () => { throw new Error('no timer is needed') } }

  beforeEach(() => {
    now = NOW
    store = inProcessStore(openCore({ path: ':memory:' }))
  })
  afterEach(async () => { await store.close() })

  /** A task of the site as it is stored when the limits admitted it */
  async function receive (creator: string, size: number): Promise<void> {
    const inline = new Uint8Array(size)

    expect(await store.receiveTask({
      envelopeId: randomBytes(16),
      envelopeHash: randomBytes(32),
      task: { creator, id: randomUUID(), from: `app.${creator}`, to: [`app.${SELF}`], ttl: '60s', failureStrategy: '"discard"', metadata: 'null', created: now, expires: now + TTL },
      body: { size, sha256: createHash('sha256').update(inline).digest(), inline },
      localExpires: now + TTL,
      self: SELF,
      now,
      dedupUntil: now + TTL
    })).to.have.property('kind', 'stored')
  }

  it('has a number of tasks, for each site by itself, until they expire', async () => {
    const limits = new OpenLimits({ store, clock, maxTasks: 2 })

    for (let count = 0; count < 2; count++) {
      expect(await limits.admits('greedy.net', 10)).to.equal(true)
      await receive('greedy.net', 10)
    }

    expect(await limits.admits('greedy.net', 10)).to.equal(false)
    expect(await limits.admits('modest.net', 10)).to.equal(true)

    // counted anew from the store, not only from memory
    now += 5_000
    expect(await limits.admits('greedy.net', 10)).to.equal(false)

    now += TTL
    await store.expireStep({ now, limit: 100 })
    expect(await limits.admits('greedy.net', 10)).to.equal(true)
  })

  it('has a number of bytes', async () => {
    const limits = new OpenLimits({ store, clock, maxTasks: 100, maxBytes: 1_000 })

    expect(await limits.admits('greedy.net', 600)).to.equal(true)
    await receive('greedy.net', 600)
    expect(await limits.admits('greedy.net', 401)).to.equal(false)
    expect(await limits.admits('modest.net', 401)).to.equal(true)
    expect(await limits.admits('greedy.net', 400)).to.equal(true)
  })

  it('holds for those who ask at the same moment', async () => {
    const limits = new OpenLimits({ store, clock, maxTasks: 3 })
    const answers = await Promise.all(Array.from({ length: 10 }, async () => limits.admits('greedy.net', 1)))

    expect(answers.filter(admitted => admitted)).to.have.lengthOf(3)
  })
})
