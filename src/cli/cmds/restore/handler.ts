import { restoreSite } from '../../../control/backup/restore-site.ts'
import { systemClock } from '../../../core/clock.ts'
import { facts } from '../../table.ts'
import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const options = readOptions(input)
  const restored = await restoreSite({ ...options, now: systemClock.now() })

  io.result(restored, facts([
    ['id', restored.site],
    ['directory', restored.dir],
    ['as it was at', new Date(restored.created).toISOString()],
    ['incarnation', String(restored.incarnation)],
    ...(restored.aside == null ? [] : [['moved aside', restored.aside] as [string, string]])
  ]))
  io.note(`
Invitations that were open in the backup are cancelled: invite again.
The other sites send again what this one may have forgotten; apps may be offered work
once more that they answered after the backup.${restored.compareRoster ? '\nThis site signs no roster entries until it has compared its roster with another member.' : ''}
Never start what was moved aside, or another copy of this site, beside this one.
Next: beam-node start --dir ${restored.dir}`)

  return 0
}
