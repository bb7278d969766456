import type { CliCommand } from '../../command.ts'

export const invite: CliCommand = {
  usage: 'invite',
  summary: 'print a ticket with which one site can join (only where the authority key is)',
  examples: ['invite --site north --capability "penguins.*"', 'invite --site north --lifetime 2h'],
  options: [
    { flags: '--site <name>', description: 'name of the new site, the first part of its id', required: true },
    { flags: '--organization <text>', description: 'who runs it' },
    { flags: '--capability <pattern>', description: 'what it may announce, * for any run of characters', repeat: true },
    { flags: '--approve', description: 'admit nobody before "invites approve"' },
    { flags: '--lifetime <duration>', description: 'how long the ticket is good (default: 24h)' }
  ],
  load: async () => import('./handler.ts')
}
