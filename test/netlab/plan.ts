import { names } from './dns/index.ts'
import type { HostInit } from './index.ts'

/**
 * Addresses of a lab. They look public, so that what decides by "is this address
 * private" decides as it would outside; nothing leaves the namespaces, so they
 * disturb nobody. Sites behind NAT have private ones.
 *
 * internet     11.7.0.0/24   gateway n is .n, the DNS servers are from .240 on
 * site n       11.7.n.0/24   gateway .1, its k-th host from .(16 k + 1) on
 * behind NAT   10.7.n.0/24
 *
 * internet     2a11:7::/64     gateway n is ::n
 * site n       2a11:7:n::/64   gateway ::1, its k-th host from ::(16 k + 1) on, in hexadecimal
 */
export interface SitePlan {
  /** Place in the list, from 1 on */
  number: number
  /** Of the host that it was made for */
  name: string
  nat: boolean
  wan: string
  /** Of the gateway on the inside */
  lan: string
  /** What the internet calls this site: a network, or the gateway's address */
  outside: string
  hosts: HostPlan[]
  /** Whether it speaks it */
  ipv4: boolean
  /** The same of IPv6, when it speaks that */
  ipv6?: { wan: string, lan: string, outside: string }
}

export interface HostPlan {
  name: string
  init: HostInit
  address: string
  /** Every address that it ever has */
  range: string
  /** The same of IPv6 */
  ipv6?: { address: string, range: string }
}

/** A host may change its address so often */
export const ADDRESSES = 14

const MOST_HOSTS = 14
const MOST_SITES = 200

export function plan (hosts: Record<string, HostInit>): SitePlan[] {
  const sites = new Map<string, SitePlan>()

  for (const [name, init] of Object.entries(hosts)) {
    // the others are names of ours
    if (!/^[a-z][a-z0-9]{0,19}$/.test(name) || /gw$|proxy$|^internet$/.test(name)) {
      throw new Error(`the host ${name} must have a name of small letters and digits, not ending in gw or proxy`)
    }

    const owner = init.behind ?? name
    const site = sites.get(owner) ?? (init.behind == null ? addSite(sites, name, init) : undefined)

    if (site == null) {
      throw new Error(`${name} is behind ${owner}, which does not stand before it`)
    }

    addHost(site, name, init)

    if (init.proxy != null) {
      addHost(site, `${name}proxy`, { dns: names() })
    }
  }

  return [...sites.values()]
}

function addHost (site: SitePlan, name: string, init: HostInit): void {
  const place = 16 * (site.hosts.length + 1)
  const base = `${network(site.number, site.nat)}.`

  if (site.hosts.length === MOST_HOSTS) {
    throw new Error(`more than ${MOST_HOSTS} hosts behind one gateway`)
  }

  site.hosts.push({
    name,
    init,
    address: `${base}${place + 1}`,
    range: `${base}${place}/28`,
    ...(site.ipv6 == null ? {} : { ipv6: { address: `2a11:7:${hex(site.number)}::${hex(place + 1)}`, range: `2a11:7:${hex(site.number)}::${hex(place)}/124` } })
  })
}

function addSite (sites: Map<string, SitePlan>, name: string, { nat = false, ip = 'IPv4' }: HostInit): SitePlan {
  const number = sites.size + 1
  const group = hex(number)

  if (number > MOST_SITES) {
    throw new Error(`more than ${MOST_SITES} sites`)
  }

  if (nat && ip !== 'IPv4') {
    throw new Error(`${name} cannot be behind NAT and speak IPv6`)
  }

  const wan = `11.7.0.${number}`
  const site: SitePlan = {
    number,
    name,
    nat,
    wan,
    lan: `${network(number, nat)}.1`,
    outside: nat ? wan : `${network(number, nat)}.0/24`,
    hosts: [],
    ipv4: ip !== 'IPv6',
    ...(ip === 'IPv4' ? {} : { ipv6: { wan: `2a11:7::${group}`, lan: `2a11:7:${group}::1`, outside: `2a11:7:${group}::/64` } })
  }

  sites.set(name, site)

  return site
}

function network (number: number, nat: boolean): string {
  return `${nat ? '10' : '11'}.7.${number}`
}

function hex (number: number): string {
  return number.toString(16)
}
