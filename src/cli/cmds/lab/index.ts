import type { CliCommand } from '../../command.ts'

export const lab: CliCommand = {
  usage: 'lab',
  summary: 'a throw-away network on this machine, one daemon process a site',
  examples: ['lab --network broker --site proxy1=8081 --site proxy2=8082 --app app1=App1Secret --app app2=App1Secret'],
  options: [
    { flags: '--network <name>', description: 'name of the network', default: 'lab' },
    { flags: '--site <name=port>', description: 'a site and the port of its API, 0 for any', repeat: true, required: true },
    { flags: '--app <name=key>', description: 'an app that every site gets, and its key', repeat: true }
  ],
  load: async () => import('./handler.ts')
}
