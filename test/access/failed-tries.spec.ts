import { createHash } from 'node:crypto'
import { expect } from 'aegir/chai'
import { ALL_FAILURES, APP_FAILURES, FAILURE_DELAY, FailedTries, MAX_DELAYED } from '../../src/access/failed-tries.ts'
import { LimitError } from '../../src/core/errors.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'

const digest = (id: string): Uint8Array => createHash('sha256').update(id).digest()

describe('wrong keys', () => {
  let clock: VirtualClock
  let tries: FailedTries

  beforeEach(() => {
    clock = new VirtualClock()
    tries = new FailedTries(clock, digest)
  })

  /** What each of so many at once was told */
  const flood = async (count: number, id: (i: number) => string): Promise<Array<PromiseSettledResult<void>>> => {
    const all = Promise.allSettled(Array.from({ length: count }, async (_, i) => tries.add(id(i))))

    await clock.advance(FAILURE_DELAY)

    return all
  }
  const answered = (told: Array<PromiseSettledResult<void>>): number => told.filter(({ status }) => status === 'fulfilled').length

  it('for one app: a number at once, then one each second, with the time to wait', async () => {
    const told = await flood(100, () => 'app1')
    const refused = told.find(({ status }) => status === 'rejected') as PromiseRejectedResult

    expect(answered(told)).to.equal(APP_FAILURES.burst)
    expect(refused.reason).to.be.instanceOf(LimitError).with.property('retryAfter', 1 / APP_FAILURES.rate)
    await clock.advance(3_000 / APP_FAILURES.rate)
    expect(answered(await flood(10, () => 'app1'))).to.equal(3)
    expect(answered(await flood(10, () => 'another app'))).to.equal(10)
  })

  it('for all together, whatever ids are made up', async () => {
    const told = await flood(5_000, (i) => `app${i}`)

    expect(answered(told)).to.equal(ALL_FAILURES.burst)
  })

  it('only so many answers wait', async () => {
    const all = Promise.allSettled(Array.from({ length: 1_000 }, async () => tries.add('app1')))

    expect(tries.delayed).to.equal(MAX_DELAYED)
    await clock.advance(FAILURE_DELAY)
    await all
    expect(tries.delayed).to.equal(0)
  })
})
