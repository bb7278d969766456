import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'aegir/chai'
import { layout } from '../../src/config/layout.ts'
import { withStore } from '../../src/control/with-store.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { loadMembership } from '../../src/membership/load.ts'
import { skip } from '../skip.ts'
import { compileShim, whyNoShim } from './disk/shim.ts'
import { readTrace } from './disk/trace.ts'
import { VolatileDisk } from './disk/volatile.ts'
import { seeded } from './random.ts'

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url))

/** Cuts in the middle of an init */
const CUTS = 40

describe('an init whose power is cut', () => {
  it('leaves a directory of no member, or a whole one: network.json comes last', async function () {
    this.timeout(120_000)
    const why = whyNoShim()

    if (why != null) {
      skip(this, why)
    }

    const root = mkdtempSync(join(tmpdir(), 'beam-power-init-'))
    const made = join(root, 'made')
    const trace = join(root, 'trace')
    mkdirSync(made)

    try {
      const env = { ...process.env, LD_PRELOAD: await compileShim(), BEAM_SHIM_ROOT: made, BEAM_SHIM_RECORD: trace }
      await promisify(execFile)(process.execPath, [BIN, 'init', '--network', 'cut', '--site', 'one', '--dir', join(made, 'one'), '--recovery-file', join(made, 'recovery.key'), '--listen', '/ip4/127.0.0.1/tcp/0'], { env })
      const steps = readTrace(trace)
      // the whole of it is among them: the command said that it was done
      const cuts = new Set([steps.length, ...Array.from({ length: CUTS }, (_, i) => Math.floor((i + 1) * steps.length / (CUTS + 1)))])
      const disk = new VolatileDisk(made, new Map())
      const random = seeded(1)
      let members = 0

      for (let index = 0; index <= steps.length; index++) {
        if (cuts.has(index)) {
          const dir = join(root, `cut-${index}`)
          mkdirSync(dir)
          disk.cut(random, dir)
          const site = join(dir, 'one')

          if (existsSync(layout(site).network)) {
            members++
            const self = await withStore(site, async store => (await loadMembership({ dir: site, store, clock: systemClock, random: systemRandom, log: silentLog })).self)
            expect(self, `cut at ${index} of ${steps.length}`).to.equal('one.cut')
            expect(existsSync(join(dir, 'recovery.key')), 'the recovery key').to.be.true()
          }
        }

        if (index < steps.length) {
          disk.apply(steps[index])
        }
      }

      expect(members, 'the last cut is after the end').to.be.at.least(1)
      expect(existsSync(layout(join(root, `cut-${steps.length}`, 'one')).network), 'what the command said is done').to.be.true()
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })
})
