import type { CliCommand } from '../../command.ts'

export const clockAccept: CliCommand = {
  usage: 'clock accept',
  summary: 'this machine\'s clock is right now: go on although it was ahead before',
  examples: ['clock accept --yes'],
  options: [{ flags: '--yes', description: 'the clock was compared with a good one; without it, this only says what would happen' }],
  load: async () => import('./handler.ts')
}
