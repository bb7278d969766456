import { noted, ok, skipped } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** Who keeps mail for the site while it is away, and what of this site's is there */
export const mailboxes: HopCheck = {
  name: 'mailboxes',
  after: ['roster'],
  run: async (path) => {
    const { peer: { keepers, site }, letters } = path
    const left = [...Map.groupBy(letters.flatMap(({ mailed = [] }) => mailed), keeper => keeper)].map(([keeper, all]) => `${all.length} at ${keeper}`)
    const lies = left.length === 0 ? 'nothing of this site lies there' : `of this site lie there: ${left.join(', ')}`

    if (keepers.length === 0 && left.length === 0) {
      return letters.length === 0 ? skipped('no member keeps mail for it') : noted('no member keeps mail for it: what waits goes only when both sites are up', 'a member that can be reached may keep mail: mailbox.enabled (docs/mailboxes.md)')
    }

    if (path.probe == null) {
      return ok(`${some(keepers)} would keep mail for it; ${lies}`)
    }

    const up = (await path.links()).map(({ site }) => site)
    const there = keepers.filter(keeper => up.includes(keeper))

    return there.length > 0 || letters.length === 0 || path.link != null
      ? ok(`${some(keepers)} ${keepers.length === 1 ? 'keeps' : 'keep'} mail for it; ${lies}`)
      : noted(`none of those that keep mail for ${site} has a link (${some(keepers)}); ${lies}`, `"beam-node doctor --peer ${keepers[0]}" walks the way there`)
  }
}

function some (sites: string[]): string {
  return sites.length === 0 ? 'nobody' : sites.length > 3 ? `${sites.slice(0, 3).join(', ')} and ${sites.length - 3} more` : sites.join(', ')
}
