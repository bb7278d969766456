import { idView, memberViews } from './views.ts'
import type { Backup } from './backup/index.ts'
import type { LocalOperator } from './index.ts'
import type { Apps } from '../access/index.ts'
import type { Membership } from '../membership/index.ts'

export interface LocalOperatorComponents {
  membership: Membership
  apps: Apps
  backup: Backup
}

/** What a running daemon and a data directory at rest answer alike */
export function createLocalOperator ({ membership, apps, backup }: LocalOperatorComponents): LocalOperator {
  return {
    id: async () => idView(membership),
    backup,
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
