import type { CliCommand } from '../../command.ts'

export const doctor: CliCommand = {
  usage: 'doctor',
  summary: 'look for what is wrong with this site, and how to mend it; with or without its daemon',
  options: [{ flags: '--peer <site>', description: 'walk the way to this site instead, hop by hop: its id, its name, or an app of it' }],
  examples: ['doctor', 'doctor --peer north', 'doctor --json --dir /var/lib/beam-node'],
  load: async () => import('./handler.ts')
}
