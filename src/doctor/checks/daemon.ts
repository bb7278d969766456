import { version } from '../../version.ts'
import type { Check } from '../index.ts'

/** Whether it runs and takes work, in its own words */
export const daemon: Check = {
  name: 'daemon',
  run: async ({ running, dir, silent }) => {
    if (silent != null) {
      return [{ level: 'error', found: silent, mend: 'look at its log; if it stays so, end it and start it again' }]
    }

    if (running == null) {
      return [{ level: 'notice', found: 'not running: this looks at the data directory at rest', mend: `beam-node start --dir ${dir}` }]
    }

    if (running.reasons.length > 0) {
      return running.reasons.map(found => ({ level: 'error', found: `takes no work: ${found}`, mend: 'see docs/troubleshooting.md' }))
    }

    return [running.version === version()
      ? { level: 'ok', found: `process ${running.pid} takes work` }
      : { level: 'notice', found: `process ${running.pid} takes work; it is version ${running.version}, this command ${version()}`, mend: 'restart it to have the same' }]
  }
}
