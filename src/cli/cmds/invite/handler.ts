import { daemon } from '../../operator.ts'
import { time } from '../../table.ts'
import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const { ticket, site, expires } = await daemon(input).invite(readOptions(input))

  io.note(`ticket for ${site}, good once, until ${time(expires)}; at the new site: beam-node join <ticket>`)
  io.result({ ticket, site, expires }, ticket)

  return 0
}
