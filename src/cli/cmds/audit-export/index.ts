import type { CliCommand } from '../../command.ts'

export const auditExport: CliCommand = {
  usage: 'audit export <file>',
  summary: 'write the audit log to one file that anybody can verify, also while the daemon runs',
  examples: ['audit export north-audit.jsonl', 'audit export /media/stick/north-2025-06-01.jsonl --json'],
  arguments: { file: 'JSON lines: roster, entries, signatures, receipts; it is never overwritten' },
  load: async () => import('./handler.ts')
}
