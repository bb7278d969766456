import { createMembershipOperator } from './membership-operator.ts'
import { idView, memberViews } from './views.ts'
import type { Audit } from '../audit/index.ts'
import type { Backup } from './backup/index.ts'
import type { LocalOperator } from './index.ts'
import type { Apps } from '../access/index.ts'
import type { LoadedMembership } from '../membership/index.ts'

export interface LocalOperatorComponents {
  membership: LoadedMembership
  apps: Apps
  backup: Backup
  audit: Pick<Audit, 'page'>
}

/** What a running daemon and a data directory at rest answer alike */
export function createLocalOperator ({ membership, apps, backup, audit }: LocalOperatorComponents): LocalOperator {
  return {
    ...createMembershipOperator(membership),
    id: async () => idView(membership),
    backup,
    auditPage: async input => audit.page(input),
    members: async () => memberViews(membership),
    listApps: async () => apps.list(),
    addApp: async ({ name, key }) => apps.add(name, key),
    rotateApp: async ({ name, key }) => apps.rotate(name, key),
    removeApp: async ({ name }) => {
      await apps.remove(name)

      return { removed: `${name}.${membership.self}` }
    }
  }
}
