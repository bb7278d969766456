import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { INTERNET, namespaceOf } from '../build.ts'
import { spawnIn } from '../process.ts'
import { NETNS_ETC } from '../sweep.ts'
import type { SitePlan } from '../plan.ts'
import type { Spawned } from '../process.ts'
import type { DnsServer } from '../scripts/dns-server.ts'

const SCRIPT = fileURLToPath(new URL('../scripts/dns-server.ts', import.meta.url))

/** Last part of the address of the first server */
const FIRST = 240

export interface DnsPlan extends DnsServer {
  /** Hosts that ask it */
  hosts: string[]
}

/** One address on the internet for each manner that a host asked for */
export function planDns (sites: SitePlan[]): DnsPlan[] {
  const truth = Object.fromEntries(sites.flatMap(({ hosts, nat, wan }) => hosts.map(({ name, address }) => [`${name}.example`, nat ? wan : address])))
  const plans = new Map<string, DnsPlan>()

  for (const { name, init: { dns } } of sites.flatMap(({ hosts }) => hosts)) {
    if (dns != null) {
      const key = JSON.stringify(dns)
      const plan = plans.get(key) ?? { address: `11.7.0.${FIRST + plans.size}`, kind: dns.kind, names: { ...truth, ...dns.lies }, hosts: [] }

      plan.hosts.push(name)
      plans.set(key, plan)
    }
  }

  return [...plans.values()]
}

export async function startDns (lab: string, plans: DnsPlan[]): Promise<Spawned | undefined> {
  if (plans.length === 0) {
    return
  }

  for (const { address, hosts } of plans) {
    for (const host of hosts) {
      // a resolver's patience is five seconds by default, twice
      await writeFile(join(NETNS_ETC, namespaceOf(lab, host), 'resolv.conf'), `nameserver ${address}\noptions timeout:1 attempts:2\n`)
    }
  }

  const server = spawnIn(namespaceOf(lab, INTERNET), process.execPath, [SCRIPT, JSON.stringify(plans)])

  await server.line()

  return server
}
