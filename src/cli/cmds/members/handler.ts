import { anyOperator } from '../../operator.ts'
import { table, time } from '../../table.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const members = await anyOperator(input, async operator => operator.members())

  io.result(members, table(
    ['SITE', 'STANDING', 'ORGANIZATION', 'UNTIL', 'CAPABILITIES'],
    members.map(member => [
      member.site,
      member.reason == null ? member.standing : `${member.standing}: ${member.reason}`,
      member.organization === '' ? undefined : member.organization,
      time(member.notAfter),
      member.capabilities.length === 0 ? undefined : member.capabilities.join(' ')
    ])
  ))

  return 0
}
