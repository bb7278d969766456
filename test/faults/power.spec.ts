import { expect } from 'aegir/chai'
import { skip } from '../skip.ts'
import { runPower } from './disk/power.ts'
import { whyNoShim } from './disk/shim.ts'

/** Power cuts in the suite; `npm run test:power` does as many as one likes */
const CYCLES = 20

describe('a store whose power is cut', () => {
  it('opens, is whole, and has everything that was acknowledged', async function () {
    this.timeout(120_000)
    const why = whyNoShim()

    if (why != null) {
      skip(this, why)
    }

    const seed = Number(process.env.BEAM_NODE_POWER_SEED ?? Math.floor(Math.random() * 1_000_000))
    console.info(`      seed ${seed}: BEAM_NODE_POWER_SEED=${seed} makes the same decisions again`) // eslint-disable-line no-console
    const report = await runPower({ cycles: CYCLES, seed })

    expect(report.violations, `seed ${seed}`).to.deep.equal([])
    expect(report.cycles).to.equal(CYCLES)
    expect(report.checked).to.be.above(500)
  })
})
