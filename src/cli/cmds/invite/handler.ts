import { daemon } from '../../operator.ts'
import { time } from '../../table.ts'
import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const options = readOptions(input)
  const { ticket, site, expires, cancelled } = await daemon(input).invite(options)

  io.note(`ticket for ${site}, good once, until ${time(expires)}; at the new site: beam-node join <ticket>`)

  if (cancelled > 0) {
    io.note(`${cancelled === 1 ? 'an earlier ticket' : `${cancelled} earlier tickets`} for that site ${cancelled === 1 ? 'is' : 'are'} cancelled by it`)
  }

  if (options.approve === true) {
    io.note('nobody is admitted by it before you compared the fingerprint: beam-node invites list, then invites approve')
  }

  io.result({ ticket, site, expires, cancelled }, ticket)

  return 0
}
