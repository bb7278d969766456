import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from './command.ts'
import { open } from './firewalls/index.ts'
import { NETNS_ETC } from './sweep.ts'
import { wall } from './wall.ts'
import type { Firewall } from './firewalls/index.ts'
import type { HostPlan, SitePlan } from './plan.ts'

/** Where all gateways meet: one switch, with no way to anything else */
export const INTERNET = 'internet'

export function namespaceOf (lab: string, name: string): string {
  return `${lab}-${name}`
}

export function gatewayOf (lab: string, site: SitePlan): string {
  return namespaceOf(lab, `${site.name}gw`)
}

/** The first host's is that of all behind the same gateway */
export function firewallOf ({ hosts }: SitePlan): Firewall {
  return hosts[0].init.firewall ?? open()
}

export interface BuildInit {
  lab: string
  sites: SitePlan[]
  /** Addresses of the lab's DNS servers */
  dns: string[]
}

/**
 * ```
 *  host ── eth0 ═══ lan (bridge) ── gateway: nftables ── wan ═══ bridge: the internet
 * ```
 *
 * Both ends of each veth pair are born in their namespaces: nothing of it ever is in
 * the machine's own, and no namespace has a route to it.
 */
export async function build ({ lab, sites, dns }: BuildInit): Promise<void> {
  const internet = namespaceOf(lab, INTERNET)
  const all = [internet, ...sites.flatMap(site => [gatewayOf(lab, site), ...site.hosts.map(({ name }) => namespaceOf(lab, name))])]

  for (const site of sites) {
    for (const { name } of site.hosts) {
      await etc(namespaceOf(lab, name))
    }
  }

  await ip([
    ...all.map(name => `netns add ${name}`),
    ...sites.flatMap(site => [
      `link add wan netns ${gatewayOf(lab, site)} type veth peer name w${site.number} netns ${internet}`,
      ...site.hosts.map((host, index) => `link add eth0 netns ${namespaceOf(lab, host.name)} type veth peer name p${index} netns ${gatewayOf(lab, site)}`)
    ])
  ])

  // no router here, nor neighbours that answer for others
  await settings(internet, { 'ipv6/conf/all/disable_ipv6': 1, 'ipv4/conf/all/arp_ignore': 1 })
  await ip([
    'link set lo up',
    'link add internet type bridge',
    'link set internet up',
    ...dns.map(address => `addr add ${address}/24 dev internet`),
    ...sites.flatMap(({ number }) => [`link set w${number} master internet`, `link set w${number} up`]),
    // only the servers there answer anybody
    ...dns.length === 0 ? [] : sites.flatMap(routes)
  ], internet)
  await Promise.all(sites.map(async site => buildSite(lab, site, sites, dns)))
}

async function buildSite (lab: string, site: SitePlan, sites: SitePlan[], dns: string[]): Promise<void> {
  const gateway = gatewayOf(lab, site)

  const others = sites.filter(other => other !== site)

  await settings(gateway, { ...ipv6(site.ipv6 != null), 'ipv4/ip_forward': 1, ...site.ipv6 == null ? {} : { 'ipv6/conf/all/forwarding': 1 } })
  await ip([
    'link set lo up',
    'link add lan type bridge',
    'link set lan up',
    ...site.ipv4 ? [`addr add ${site.lan}/24 dev lan`, `addr add ${site.wan}/24 dev wan`] : [],
    ...site.ipv6 == null ? [] : [`addr add ${site.ipv6.lan}/64 dev lan nodad`, `addr add ${site.ipv6.wan}/64 dev wan nodad`],
    'link set wan up',
    ...site.hosts.flatMap((_, index) => [`link set p${index} master lan`, `link set p${index} up`]),
    ...site.ipv4 ? others.flatMap(routes) : [],
    ...site.ipv6 == null ? [] : others.flatMap(({ ipv6 }) => ipv6 == null ? [] : [`route add ${ipv6.outside} via ${ipv6.wan}`])
  ], gateway)
  await must('ip', ['netns', 'exec', gateway, 'nft', '-f', '-'], { stdin: wall(site, firewallOf(site), dns) })
  await Promise.all(site.hosts.map(async host => buildHost(lab, site, host)))
}

async function buildHost (lab: string, site: SitePlan, host: HostPlan): Promise<void> {
  const namespace = namespaceOf(lab, host.name)

  await settings(namespace, ipv6(host.ipv6 != null))
  await ip(['link set lo up', 'link set eth0 up', ...site.ipv4 ? home(site, host.address) : [], ...host.ipv6 == null ? [] : home6(site, host.ipv6.address)], namespace)
}

/** An address of a host, and its way out */
export function home (site: Pick<SitePlan, 'lan'>, address: string): string[] {
  return [`addr add ${address}/24 dev eth0`, `route add default via ${site.lan}`]
}

export function home6 ({ ipv6 }: Pick<SitePlan, 'ipv6'>, address: string): string[] {
  return [`addr add ${address}/64 dev eth0 nodad`, `route replace ::/0 via ${ipv6?.lan}`]
}

/** Addresses that the kernel would give itself, or announce, are no part of the plan */
function ipv6 (wanted: boolean): Record<string, number> {
  return wanted
    ? { 'ipv6/conf/all/disable_ipv6': 0, 'ipv6/conf/default/accept_ra': 0, 'ipv6/conf/all/accept_ra': 0, 'ipv6/conf/default/accept_dad': 0, 'ipv6/conf/all/accept_dad': 0 }
    : { 'ipv6/conf/all/disable_ipv6': 1 }
}

/** The machine's own names and servers are not there */
async function etc (namespace: string): Promise<void> {
  const dir = join(NETNS_ETC, namespace)

  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'hosts'), '127.0.0.1 localhost\n')
  await writeFile(join(dir, 'resolv.conf'), '# no server\n')
}

function routes ({ nat, ipv4, outside, wan }: SitePlan): string[] {
  return nat || !ipv4 ? [] : [`route add ${outside} via ${wan}`]
}

export async function ip (lines: string[], namespace?: string): Promise<void> {
  await must('ip', [...namespace == null ? [] : ['-n', namespace], '-batch', '-'], { stdin: lines.join('\n') + '\n' })
}

async function settings (namespace: string, values: Record<string, number>): Promise<void> {
  const lines = Object.entries(values).map(([path, value]) => `echo ${value} > /proc/sys/net/${path}`)

  // what is switched within a site is no business of its firewall; not every kernel would think so
  lines.push('bridge=/proc/sys/net/bridge/bridge-nf-call-iptables; [ ! -e $bridge ] || echo 0 > $bridge')
  await must('ip', ['netns', 'exec', namespace, 'sh', '-ec', lines.join('\n')])
}
