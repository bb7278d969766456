import { UnavailableError } from '../../../core/errors.ts'
import { startLab } from '../../../lab/index.ts'
import { terminationSignal } from '../../process-life.ts'
import { readOptions } from './options.ts'
import type { Lab } from '../../../lab/index.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const options = readOptions(input)
  const asked = terminationSignal()
  const starting = startLab({
    ...options,
    onEvent: ({ kind, site, text }) => {
      // for programs too: what happens after the ready line is told nowhere else
      process.stderr.write(io.json ? `${JSON.stringify({ event: kind, site })}\n` : `${text}\n`)
    }
  })
  const lab = await Promise.race([starting, asked.then(async () => {
    await endEarly(starting)
    throw new UnavailableError('ended before the lab was ready')
  })])

  // always one JSON line: scripts wait for it
  process.stdout.write(`${JSON.stringify({ ready: true, sites: lab.sites })}\n`)
  io.note('the lab is ready; Ctrl-C ends it' + (options.dir == null ? ' and leaves nothing behind' : ''))

  await asked
  io.note('ending …')
  await lab.stop()

  return 0
}

async function endEarly (starting: Promise<Lab>): Promise<void> {
  const lab = await starting.catch(() => undefined)

  await lab?.stop()
}
