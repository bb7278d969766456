import { isLoopbackHost } from '../../network/proxy/loopback.ts'
import { hostPort } from '../host-port.ts'
import { MENDS, REQUEST } from '../mends.ts'
import { proxyHints } from '../proxy-hints.ts'
import { reachOut, wayOf } from '../reach-out.ts'
import { UNLIKE, unlike } from '../unlike.ts'
import type { Reason } from '../../network/proxy/index.ts'
import type { Check, Finding } from '../index.ts'
import type { Outcome } from '../reach-out.ts'

type Found = Omit<Finding, 'check'>

/** Addresses of other sites that are tried */
const MOST = 16

/** What keeps the daemon from connecting to others: no way out, a proxy, names, or TLS broken open */
export const wayOut: Check = {
  name: 'way out',
  run: async (patient) => {
    const outbound = wayOf(patient)

    if (outbound == null) {
      return [{ level: 'notice', found: 'not looked at: the configuration cannot be read' }]
    }

    const different = unlike(patient, outbound.view())
    const members = patient.facts?.members.filter(({ standing }) => standing === 'member') ?? []
    const all = members.flatMap(({ site, addresses }) => addresses.map(address => ({ site, address })))
      .filter(({ address }) => hostPort(address).port !== 0 && !isLoopbackHost(hostPort(address).host))
    const outcomes = (await Promise.all(all.slice(0, MOST).map(async ({ site, address }) => reachOut(outbound, site, address)))).filter(outcome => outcome != null)

    return [
      ...(different == null ? [] : [{ level: 'warning' as const, found: different, mend: UNLIKE }]),
      ...(outcomes.length === 0
        ? [{ level: 'ok' as const, found: 'no other site has an address that this machine could dial' }]
        : judge(outcomes, proxyHints(process.env)))
    ]
  }
}

/** One finding for each kind of trouble, the gravest first */
export function judge (outcomes: Outcome[], hints: string[]): Found[] {
  const good = outcomes.filter(({ failure }) => failure == null)
  const bad = outcomes.filter(({ failure }) => failure != null)
  const direct = bad.filter(({ proxied, failure }) => !proxied && PLAIN.includes(failure?.reason ?? 'status'))
  const rest = bad.filter(outcome => !direct.includes(outcome))

  return [
    ...(good.length === 0 ? [] : [{ level: 'ok' as const, found: `${good.length} of ${outcomes.length} addresses of other sites answer${good.some(({ proxied }) => proxied) ? ', through the proxy' : ''}` }]),
    ...blocked(direct, good, hints),
    ...names(direct.filter(({ failure }) => failure?.reason === 'no name'), good),
    ...[...Map.groupBy(rest, ({ failure }) => failure?.reason ?? 'status')].map(([reason, same]): Found => ({
      level: good.length === 0 ? 'error' : 'warning',
      found: `${same[0].failure?.message}${same.length > 1 ? `; the same at ${same.length - 1} more addresses` : ''}`,
      mend: MENDS[reason] ?? 'ask whoever runs the proxy'
    }))
  ]
}

/** What says nothing but that no connection came about */
const PLAIN: Reason[] = ['no name', 'refused', 'unreachable', 'closed']

function names (nameless: Outcome[], good: Outcome[]): Found[] {
  if (nameless.length === 0) {
    return []
  }

  const all = !good.some(({ named }) => named)

  return [{
    level: all ? 'error' : 'warning',
    found: `${all ? 'no name of another site has an address here, DNS is broken or knows no names of other institutions' : 'some names of other sites have no address here'}: ${nameless[0].failure?.message}`,
    mend: all ? 'correct the DNS servers of this machine (/etc/resolv.conf); where only a proxy knows such names, set network.proxy' : 'ask those sites whether their announced names are right'
  }]
}

function blocked (direct: Outcome[], good: Outcome[], hints: string[]): Found[] {
  const silent = direct.filter(({ failure }) => failure?.reason !== 'no name')

  // which sites, says the check of other sites; where only names fail, it is DNS, unless there is a proxy that would know them
  if (good.length > 0 || direct.length === 0 || (silent.length === 0 && hints.length === 0)) {
    return []
  }

  const sites = new Set(direct.map(({ site }) => site))
  const said = (silent[0] ?? direct[0]).failure?.message ?? ''

  if (hints.length > 0) {
    return [{ level: 'error', found: `nothing gets out directly, and this machine has a proxy: ${hints.join('; ')} (${said})`, mend: 'set network.proxy in config.yaml to that proxy, with user and password if it wants them, and start the daemon again' }]
  }

  return [{
    level: sites.size > 1 ? 'error' : 'warning',
    found: sites.size > 1
      ? `nothing gets out: none of ${direct.length} addresses of ${sites.size} sites takes a connection (${said})`
      : `the only site that could be dialled takes no connection: it is down, or nothing gets out of here (${said})`,
    mend: `a firewall between may let nothing out: ${REQUEST}; where only an HTTP proxy may connect, set network.proxy`
  }]
}
