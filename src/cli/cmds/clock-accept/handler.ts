import { InvalidInputError } from '../../../core/errors.ts'
import { daemon } from '../../operator.ts'
import { time } from '../../table.ts'
import type { Handler } from '../../command.ts'

/** Read by a person who decides */
const RISK = `A clock that was ahead made things expire too early, and this daemon remembers how far it had come, so that
nothing which expired comes back to life. Accepting the clock as it is now gives that up once: tasks that expired by the
wrong clock and are still here live again until their real end, and an envelope that was received and forgotten by the wrong clock would be
taken for new if its sender, or somebody who recorded it, sent it again. Compare the clock with a good one first.`

export const handler: Handler = async (input, io) => {
  if (input.options.yes !== true) {
    io.note(RISK)
    throw new InvalidInputError('--yes', `is needed to accept ${time(Date.now())} as the time`)
  }

  const { was, now } = await daemon(input).acceptClock()

  io.result({ was, now }, was <= now
    ? `the clock was never ahead of ${time(now)}: nothing to accept`
    : `accepted ${time(now)}; the clock had shown ${time(was)}`)

  return 0
}
