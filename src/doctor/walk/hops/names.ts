import { lookup } from 'node:dns/promises'
import { isRelayed } from '../../../network/paths/path.ts'
import { hostPort } from '../../host-port.ts'
import { within } from '../../within.ts'
import { failed, noted, ok, skipped } from '../steps.ts'
import type { HopCheck, Path } from '../index.ts'

/** For all names together, ms. @default 5_000 */
const NAME_TIMEOUT = 5_000

/** Own addresses of the site that are looked at */
export const MOST = 8

export function ownAddresses ({ peer: { record } }: Pick<Path, 'peer'>): string[] {
  return (record?.addresses ?? []).filter(address => !isRelayed(address) && hostPort(address).port !== 0).slice(0, MOST)
}

/** Whether the names in its addresses have any here */
export const names: HopCheck = {
  name: 'names',
  after: ['site record'],
  run: async (path) => {
    const own = ownAddresses(path).map(address => ({ named: address.startsWith('/dns'), ...hostPort(address) }))

    if (own.length === 0) {
      return skipped('it has no address of its own')
    }

    const named = own.filter(({ named, ...to }) => named && path.outbound?.proxied(to) !== true)

    if (named.length === 0) {
      return ok(own.some(({ named }) => named) ? 'the proxy looks them up' : 'its addresses are numbers')
    }

    const found = await Promise.all([...new Set(named.map(({ host }) => host))].map(async host => ({ host, ...await addressOf(host) })))
    const text = found.map(({ host, address, failure }) => `${host}: ${address ?? failure}`).join('; ')
    const bad = found.filter(({ failure }) => failure != null)
    const mend = `ask ${path.peer.site} whether the name is right; correct the DNS servers of this machine (/etc/resolv.conf); where only a proxy knows such names, set network.proxy`

    if (bad.length < found.length || own.length > named.length) {
      return bad.length === 0 ? ok(text) : noted(text, mend)
    }

    return failed(`no name of it has an address here: ${text}`, mend, 'warning')
  }
}

async function addressOf (host: string): Promise<{ address?: string, failure?: string }> {
  try {
    return { address: (await within(lookup(host), NAME_TIMEOUT)).address }
  } catch (err) {
    return { failure: (err as NodeJS.ErrnoException).code ?? (err as Error).message }
  }
}
