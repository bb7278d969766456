import { MENDS, REQUEST } from '../../mends.ts'
import { reachOut } from '../../reach-out.ts'
import { UNLIKE, unlike as unlikeDaemon } from '../../unlike.ts'
import { failed, noted, ok, skipped } from '../steps.ts'
import { ownAddresses } from './names.ts'
import type { Outcome } from '../../reach-out.ts'
import type { HopCheck } from '../index.ts'

/** Whether somebody takes a connection at its addresses: straight, or by CONNECT at the proxy and on from there */
export const connection: HopCheck = {
  name: 'connection',
  after: ['names'],
  run: async (path) => {
    const { outbound, peer: { site } } = path

    if (outbound == null) {
      return skipped('the configuration cannot be read, so the way out is not known')
    }

    const tried = (await Promise.all(ownAddresses(path).map(async address => ({ address, outcome: await reachOut(outbound, site, address) }))))
      .flatMap(({ address, outcome }) => outcome == null ? [] : [{ address, outcome }])
    const good = tried.filter(({ outcome }) => outcome.failure == null)
    const unlike = unlikeDaemon(path.patient, outbound.view())
    const text = tried.map(({ outcome: { where, proxied, failure } }) => failure == null ? `${where} takes connections${proxied ? ', through the proxy' : ''}` : failure.message).join('; ')
    path.open.push(...good.map(({ address }) => address))

    if (tried.length === 0) {
      return skipped('none of its addresses is of a kind that is dialled')
    }

    if (unlike != null) {
      const both = `${text}; but ${unlike}, and what is seen here may not be what it sees`

      return good.length > 0 ? noted(both, UNLIKE) : failed(both, UNLIKE, 'warning')
    }

    return good.length > 0 ? ok(text) : failed(text, mend(tried[0].outcome, site), 'warning')
  }
}

function mend ({ proxied, failure }: Outcome, site: string): string {
  const known = proxied || !['no name', 'refused', 'unreachable', 'closed'].includes(failure?.reason ?? '') ? MENDS[failure?.reason ?? 'status'] : undefined

  if (known != null) {
    return known
  }

  return failure?.reason === 'refused'
    ? `the machine is there and nothing listens: ask whoever runs ${site} whether its daemon runs and which address it announces`
    : `ask whoever runs ${site} whether it is up; a firewall there may let nothing in (then it needs relays), or one here nothing out ("beam-node doctor" tells; ${REQUEST})`
}
