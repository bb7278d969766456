import { expect } from 'aegir/chai'
import { INVARIANTS } from './kit/invariants.ts'
import { SABOTAGE } from './kit/sabotage.ts'
import { simulate } from './kit/simulation.ts'

/** SIM_SEED=<seed> replays one, with SIM_SITES and SIM_TASKS as it was run; SIM_RUNS=<n> runs as many new ones. index.ts runs hundreds. */
const RUNS = Number(process.env.SIM_RUNS ?? 5)
const SEEDS = process.env.SIM_SEED != null ? [process.env.SIM_SEED] : Array.from({ length: RUNS }, (_, i) => process.env.SIM_RUNS == null ? `beam ${i + 1}` : `${Date.now()} ${i + 1}`)

const SIZE = {
  sites: process.env.SIM_SITES == null ? undefined : Number(process.env.SIM_SITES),
  tasks: process.env.SIM_TASKS == null ? undefined : Number(process.env.SIM_TASKS)
}

describe('simulation', () => {
  for (const seed of SEEDS) {
    it(`keeps every invariant with the seed "${seed}"`, async function () {
      this.timeout(300_000)
      const started = performance.now()
      const report = await simulate({ seed, ...SIZE })
      // what a failure is replayed with, and that the run was no empty one
      // eslint-disable-next-line no-console
      console.info(`      SIM_SEED="${seed}": ${report.tasks} tasks, ${report.answers} answers in ${report.versions} versions, ${report.kills} kills, ${report.cuts} cuts, ${report.jumps} clock jumps, ${Math.round(report.virtual / 1000)} s of virtual time in ${Math.round(performance.now() - started)} ms`)

      expect(report.violations, `replay with SIM_SEED="${seed}"`).to.deep.equal([])
      expect(report.tasks).to.equal((SIZE.sites ?? 5) * (SIZE.tasks ?? 20))
      expect(report.kills + report.cuts).to.be.above(0)
    })
  }
})

describe('simulation: its own teeth', () => {
  for (const name of Object.keys(INVARIANTS)) {
    it(`sees when it does not hold: ${name}`, async function () {
      this.timeout(60_000)
      const report = await simulate({ seed: 'teeth', tasks: 8, faults: { delay: [1, 1_500], duplicate: 0.2 }, sabotage: SABOTAGE[name]() })

      expect(report.violations.filter((line) => line.startsWith(`${name}: `))).to.not.be.empty()
    })
  }

  it('repeats itself to the last version with the same seed, and not with another', async function () {
    this.timeout(60_000)
    const [once, again, other] = [await simulate({ seed: 'same', tasks: 5 }), await simulate({ seed: 'same', tasks: 5 }), await simulate({ seed: 'other', tasks: 5 })]

    expect(again).to.deep.equal(once)
    expect(other.fingerprint).to.not.equal(once.fingerprint)
  })
})
