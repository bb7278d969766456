import { anyOperator } from '../../operator.ts'
import { signer, table, time } from '../../table.ts'
import type { MemberView } from '../../../control/index.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const members = await anyOperator(input, async operator => operator.members())

  io.result(members, table(
    ['SITE', 'STANDING', 'ORGANIZATION', 'UNTIL', 'ADMITTED', 'CAPABILITIES'],
    members.map(member => [
      member.site,
      standing(member),
      member.organization === '' ? undefined : member.organization,
      member.revokedBy == null ? time(member.notAfter) : undefined,
      `${time(member.admittedAt)} by ${signer(member.admittedBy)}`,
      member.capabilities.length === 0 ? undefined : member.capabilities.join(' ')
    ])
  ))

  return 0
}

function standing ({ standing, reason, revokedAt, revokedBy }: MemberView): string {
  return revokedBy == null ? standing : `${standing}: ${reason === '' ? '' : `${reason}, `}${time(revokedAt)} by ${signer(revokedBy)}`
}
