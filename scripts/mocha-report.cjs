/**
 * Mocha's own `spec` report, and its totals as JSON in the file that
 * MOCHA_REPORT_FILE names: what .ci/run counts.
 */
const { writeFileSync } = require('node:fs')
const mocha = require('mocha')

module.exports = class Report extends mocha.reporters.Spec {
  constructor (runner, options) {
    super(runner, options)

    const file = process.env.MOCHA_REPORT_FILE
    const failed = []

    runner.on(mocha.Runner.constants.EVENT_TEST_FAIL, test => { failed.push(test.fullTitle()) })
    runner.once(mocha.Runner.constants.EVENT_RUN_END, () => {
      if (file != null) {
        const { passes, failures, pending, duration } = this.stats
        writeFileSync(file, JSON.stringify({ passes, failures, pending, duration, failed }))
      }
    })
  }
}
