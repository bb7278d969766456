import type { CliCommand } from '../../command.ts'

export const doctor: CliCommand = {
  usage: 'doctor',
  summary: 'look for what is wrong with this site, and how to mend it; with or without its daemon',
  examples: ['doctor', 'doctor --json --dir /var/lib/beam-node'],
  load: async () => import('./handler.ts')
}
