import { failed, noted, ok } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** An admission that ends sooner than this should have been renewed, ms. @default 14 d */
const SOON = 1_209_600_000

const day = (ms: number | undefined): string => new Date(ms ?? 0).toISOString().slice(0, 10)

/** Whether this site's roster lets it talk to the other one at all */
export const roster: HopCheck = {
  name: 'roster',
  run: async ({ peer: { site, standing, organization = '', from, until, reason, alike }, patient: { clock } }) => {
    switch (standing) {
      case 'member': {
        const found = `${site}${organization === '' ? '' : ` (${organization})`} is a member, admitted until ${day(until)}`

        return (until ?? Infinity) - clock.now() < SOON ? noted(found, 'its admission ends soon: the authority renews it by itself when both are online') : ok(found)
      }
      case 'revoked':
        return failed(`${site} was revoked${reason == null || reason === '' ? '' : `: ${reason}`}`, 'nothing goes there: the operator of the authority can invite it again')
      case 'expired':
        return failed(`the admission of ${site} ended ${day(until)}`, `the operator of the authority runs "beam-node renew ${site}"; if that day is in the future, the clock of this machine is wrong`)
      case 'not-yet':
        return failed(`the admission of ${site} begins only ${day(from)}`, 'look at the clock of this machine')
      case 'unknown':
        return failed(`${site} is not on the roster`, alike.length > 0 ? `did you mean ${alike.join(' or ')}?` : '"beam-node members" shows who is; a site that joined just now is known when the news of it is here')
      default:
        throw new Error(standing satisfies never)
    }
  }
}
