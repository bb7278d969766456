import { lab } from './lab.ts'
import type { LabInit, NetLab } from './index.ts'

/** Building starts a few helpers; a busy machine takes its time, ms */
const BUILD = 60_000

/** A laboratory that stands before the first test of a suite and is gone after the last */
export function useLab<Names extends string> (init: LabInit<Names>): () => NetLab<Names> {
  let built: NetLab<Names> | undefined

  before(async function () {
    this.timeout(BUILD)
    built = await lab(init)
  })
  after(async function () {
    this.timeout(BUILD)
    await built?.stop()
  })

  return () => {
    if (built == null) {
      throw new Error('the laboratory stands only while the tests of its suite run')
    }

    return built
  }
}
