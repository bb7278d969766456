import type { Standing } from '../../membership/index.ts'

/** Why nothing is sent to a site, for people */
export function parkedBecause (standing: Standing): string {
  return `the site is no member now: ${standing}`
}
