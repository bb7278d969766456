/**
 * `node --import` of this: Date is off by the ms that stand in the file CLOCK_SHIFT_FILE,
 * read again all the time, so that a test can set the clock of one daemon. In a thread, too.
 */
import { readFileSync } from 'node:fs'

const TrueDate = Date
const trueNow = Date.now
let shift = 0

function read () {
  try {
    shift = Number(readFileSync(process.env.CLOCK_SHIFT_FILE, 'utf8'))
  } catch {
    // being written: the next look
  }
}

read()
setInterval(read, 20).unref()

const now = () => trueNow() + shift

globalThis.Date = class Date extends TrueDate {
  constructor (...args) {
    super(...(args.length === 0 ? [now()] : args))
  }

  static now () {
    return now()
  }
}
