import { expect } from 'aegir/chai'
import { MAX_STREAM_WINDOW } from '../../src/network/constants.ts'
import { WINDOWS_HELD } from '../../src/network/relay/limits.ts'
import { BOUND, soak } from './soak/soak.ts'

describe('the relay under load', () => {
  it('keeps nothing of what it forwarded (the short form of npm run test:soak)', async () => {
    const { growth, mostHeld, mib } = await soak(96)
    expect(mib).to.equal(96)
    expect(mostHeld).to.be.at.most(2 * WINDOWS_HELD * MAX_STREAM_WINDOW)
    expect(growth).to.be.below(BOUND)
  })
})
