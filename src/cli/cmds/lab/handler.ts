import { startLab } from '../../../lab/index.ts'
import { terminationSignal } from '../../process-life.ts'
import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const options = readOptions(input)
  const asked = terminationSignal()
  const early = new AbortController()
  void asked.then(() => { early.abort() })

  const lab = await startLab({
    ...options,
    signal: early.signal,
    onEvent: ({ kind, site, text }) => {
      // for programs too: what happens after the ready line is told nowhere else
      process.stderr.write(io.json ? `${JSON.stringify({ event: kind, site })}\n` : `${text}\n`)
    }
  })

  // always one JSON line: scripts wait for it
  process.stdout.write(`${JSON.stringify({ ready: true, sites: lab.sites })}\n`)
  io.note('the lab is ready; Ctrl-C ends it' + (options.dir == null ? ' and leaves nothing behind' : ''))

  await asked
  io.note('ending …')
  await lab.stop()

  return 0
}
