import { Keeper } from './keeper.ts'
import { page } from './pages.ts'
import { signChain } from './sign.ts'
import type { Audit } from './index.ts'
import type { KeeperComponents } from './keeper.ts'
import type { PagesComponents } from './pages.ts'
import type { SignComponents } from './sign.ts'

export type AuditComponents = KeeperComponents & PagesComponents

/** Of a running daemon: signs and forgets by itself */
export function createAudit (components: AuditComponents): Audit {
  const keeper = new Keeper({ ...components, log: components.log.child({ component: 'audit' }) })

  return {
    ...createAuditReader(components),
    start: () => { keeper.start() },
    stop: async () => keeper.stop()
  }
}

/** Of a data directory at rest */
export function createAuditReader (components: PagesComponents & SignComponents): Pick<Audit, 'page'> {
  return {
    page: async ({ cursor, sign = false }) => {
      if (cursor == null && sign) {
        await signChain(components)
      }

      return page(components, cursor)
    }
  }
}
