import { text } from 'node:stream/consumers'
import { dataDir } from '../../../config/load-config.ts'
import { textOption } from '../../input.ts'
import type { JoinSiteInit } from '../../../control/join-site.ts'
import type { CommandInput } from '../../command.ts'

export async function readOptions (input: CommandInput): Promise<JoinSiteInit> {
  const organization = textOption(input.options, 'organization')
  const given = input.args[0]

  return {
    dir: dataDir(input.dir, input.env).dir,
    ticket: (given === '-' ? await text(process.stdin) : given).trim(),
    config: input.config,
    wait: input.options.wait === true,
    ...(organization == null ? {} : { organization })
  }
}
