import type { CliCommand } from '../../command.ts'

export const completion: CliCommand = {
  usage: 'completion <shell>',
  summary: 'print a script that lets bash, zsh or fish complete commands and flags',
  examples: ['completion bash > /etc/bash_completion.d/beam-node'],
  arguments: { shell: 'bash, zsh or fish' },
  load: async () => import('./handler.ts')
}
