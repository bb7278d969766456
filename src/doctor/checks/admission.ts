import type { SiteId } from '../../core/ids.ts'
import type { Check } from '../index.ts'

/** An admission that ends sooner than this should have been renewed, ms. @default 14 d */
const SOON = 1_209_600_000

const DAY = 86_400_000

export const admission: Check = {
  name: 'admission',
  run: async ({ facts, factsError, clock }) => {
    if (facts == null) {
      // what keeps the store from being read is told there
      return [factsError?.code === 'REFUSED'
        ? { level: 'error', found: factsError.message }
        : { level: 'notice', found: 'not looked at: the store could not be read' }]
    }

    const { self, standing, until, reason } = facts

    if (standing !== 'member') {
      return [{
        level: 'error',
        found: `the roster says of ${self}: ${standing}${reason == null || reason === '' ? '' : `, because: ${reason}`}`,
        mend: mendOf(self, standing)
      }]
    }

    const left = until == null ? Infinity : until - clock.now()
    const found = `${self} is a member${Number.isFinite(left) ? ` for ${Math.floor(left / DAY)} more days` : ''}`

    return left < SOON ? [{ level: 'warning', found, mend: 'ask the network\'s authority whether its daemon runs and can be reached: it renews admissions' }] : [{ level: 'ok', found }]
  }
}

function mendOf (self: SiteId, standing: string): string {
  switch (standing) {
    case 'not-yet':
      return 'look at this machine\'s clock, or wait'
    case 'expired':
      return `ask the network's authority for "beam-node renew ${self}": this daemon learns it as soon as it reaches any member`
    default:
      return 'ask the network\'s authority for a new ticket'
  }
}
