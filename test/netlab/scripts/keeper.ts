/**
 * Waits for the end of the process that built a lab (their pipe closes, whatever ended
 * it) and removes what is left of the lab, unless that process said that it did so.
 *
 * node keeper.ts LAB
 */
import { sweep } from '../sweep.ts'

const [lab] = process.argv.slice(2)
let said = ''

// Ctrl-C reaches the whole terminal: this one stays to clean up
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {})
}

process.stdin.on('data', (data: Buffer) => { said += data.toString() })
process.stdin.once('end', () => {
  if (said !== 'done') {
    void sweep(lab)
  }
})
