import { isRelayed } from '../../../network/paths/path.ts'
import { span } from '../../span.ts'
import { failed, noted, ok } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** A site that lives signs a new record each week, for its new key, ms. @default 14 d */
const OLD = 1_209_600_000

/** What the site says of itself: its daemons, where they are reached, and through whom */
export const record: HopCheck = {
  name: 'site record',
  after: ['roster'],
  run: async ({ peer: { site, record, relays }, link, patient: { clock } }) => {
    if (record == null) {
      return failed('no word of it came yet, so nobody knows where it is', `it must connect to any member once: ask whether the daemon of ${site} runs`)
    }

    const own = record.addresses.filter(address => !isRelayed(address)).length
    const age = clock.now() - record.at
    const through = relays.map(({ site, peer, standing }) => `${site ?? peer}${standing === 'member' ? '' : ` (${site == null ? 'no member' : standing})`}`)
    const found = `number ${record.sequence}, ${age < 0 ? `signed ${span(-age)} in the future` : `${span(age)} old`}: ${own} address${own === 1 ? '' : 'es'} of its own, ${through.length === 0 ? 'no relay' : `through ${through.join(' and ')}`}`

    if (own === 0 && relays.length === 0 && link == null) {
      return noted(`${found}: it is reached only while it has dialled somebody`, 'ask its operator for "beam-node doctor" there: it should have an address (network.listen) or reservations at relays')
    }

    return age > OLD ? noted(found, 'it was not online for weeks: ask whether its daemon runs') : ok(found)
  }
}
