import type { CliCommand } from '../../command.ts'

export const join: CliCommand = {
  usage: 'join <ticket>',
  summary: 'become a member of a network with a ticket from "beam-node invite"',
  examples: ['join beam1CgpzdHVkeS5leGFt…', 'join - < ticket.txt'],
  arguments: { ticket: 'the pasted line, or - to read it from stdin' },
  options: [
    { flags: '--organization <text>', description: 'who runs this site' },
    { flags: '--wait', description: 'keep asking while the inviting site is off, until the ticket runs out' }
  ],
  configFlags: true,
  load: async () => import('./handler.ts')
}
