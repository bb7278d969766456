import type { Check } from '../index.ts'

export const roster: Check = {
  name: 'roster',
  run: async ({ facts }) => {
    if (facts == null) {
      return [{ level: 'notice', found: 'not looked at: it could not be read' }]
    }

    const { seq, forked, halted } = facts.roster

    if (forked) {
      return [{ level: 'error', found: 'the authority signed two histories: its key was stolen, or its data directory was restored from an old copy. Members work on, nothing is added', mend: 'the owner of the recovery key ends it: see docs/security.md' }]
    }

    return halted == null
      ? [{ level: 'ok', found: `entry ${seq}, one history` }]
      : [{ level: 'error', found: `not followed beyond entry ${seq}: ${halted}`, mend: 'update beam-node' }]
  }
}
