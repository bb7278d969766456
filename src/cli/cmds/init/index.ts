import type { CliCommand } from '../../command.ts'

export const init: CliCommand = {
  usage: 'init',
  summary: 'found a network, with this site as its first member and authority',
  examples: [
    'init --network study.example --site hub --announce /dns4/hub.example.org/tcp/8091',
    'init --network test --site one --dir /tmp/one --listen /ip4/127.0.0.1/tcp/9001 --api-port 9002'
  ],
  options: [
    { flags: '--network <name>', description: 'name of the network, the last part of every id', required: true },
    { flags: '--site <name>', description: 'name of this site, the first part of its id', required: true },
    { flags: '--organization <text>', description: 'who runs this site' },
    { flags: '--capability <pattern>', description: 'what this site may announce, * for any run of characters (default: *)', repeat: true },
    { flags: '--recovery-file <path>', description: 'where the recovery key goes (default: ./<network>-recovery.key)' }
  ],
  configFlags: true,
  load: async () => import('./handler.ts')
}
