import type { CliCommand } from '../../command.ts'

export const auditVerify: CliCommand = {
  usage: 'audit verify',
  summary: 'check the audit log of this site, or an exported one: chain, signatures, receipts of other sites',
  examples: ['audit verify', 'audit verify --file north-audit.jsonl --json'],
  options: [{ flags: '--file <path>', description: 'what "audit export" wrote; without it, the log of this data directory, also while the daemon runs' }],
  load: async () => import('./handler.ts')
}
