/** Apart from the targets themselves: whoever only starts them needs no decoder */
export const TARGETS = ['frames', 'envelope', 'roster', 'ticket', 'http', 'query', 'config', 'audit', 'roster-file', 'backup', 'mailbox', 'circuit']
