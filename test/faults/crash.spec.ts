import { expect } from 'aegir/chai'
import { runCrash } from './crash.ts'

/** Kills in the suite; .ci/run does 50 more, `npm run test:crash` as many as one likes */
const CYCLES = 4

describe('daemons killed with SIGKILL under load', () => {
  it('account for every acknowledged task, cancel and result, and do nothing twice', async function () {
    this.timeout(240_000)

    const seed = Number(process.env.BEAM_NODE_CRASH_SEED ?? Math.floor(Math.random() * 1_000_000))
    console.info(`      seed ${seed}: BEAM_NODE_CRASH_SEED=${seed} makes the same decisions again`) // eslint-disable-line no-console

    const report = await runCrash({ cycles: CYCLES, seed })

    expect(report.violations, `seed ${seed}`).to.deep.equal([])
    // there was a load worth the name
    expect(report.tasks).to.be.above(100)
    expect(report.results).to.be.above(report.tasks / 2)
    expect(report.cancels).to.be.above(5)
    expect(report.seen.held, 'claims of what another client held').to.be.above(0)
    expect(report.seen.failed, 'tries that failed').to.be.above(0)
  })
})
