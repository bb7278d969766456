import { firewallOf, gatewayOf } from './build.ts'
import { must } from './command.ts'
import { Cable } from './wire.ts'
import type { Firewall } from './firewalls/index.ts'
import type { Family } from './index.ts'
import type { SitePlan } from './plan.ts'

/** The firewall before a site's hosts: its own namespace, with a bridge inside and one leg outside */
export class Gateway {
  readonly namespace: string
  /** Its address on the inside */
  readonly lan: string
  /** What the internet calls the site behind it, of either family */
  readonly outside: Record<Family, string[]>
  readonly site: SitePlan
  readonly firewall: Firewall
  /** Between it and the internet */
  readonly cable: Cable

  constructor (lab: string, directory: string, site: SitePlan) {
    this.cable = new Cable(lab, directory, this)
    this.firewall = firewallOf(site)
    this.namespace = gatewayOf(lab, site)
    this.lan = site.lan
    this.outside = { IPv4: [...new Set([site.outside, site.wan])], IPv6: site.ipv6 == null ? [] : [site.ipv6.outside, site.ipv6.wan] }
    this.site = site
  }

  /** From now on, silently, in both directions: `cut` are addresses outside, `silent` those of hosts */
  async drop (set: 'cut' | 'silent', addresses: string[]): Promise<void> {
    await this.#change('add', set, addresses)
  }

  async pass (set: 'cut' | 'silent', addresses: string[]): Promise<void> {
    await this.#change('delete', set, addresses)
  }

  async #change (action: 'add' | 'delete', set: 'cut' | 'silent', addresses: string[]): Promise<void> {
    const of = (name: string, list: string[]): string[] => list.length === 0 ? [] : [`${action} element inet wall ${name} { ${list.join(', ')} }`]

    await this.nft([...of(set, addresses.filter(address => !address.includes(':'))), ...of(`${set}6`, addresses.filter(address => address.includes(':')))].join('\n'))
  }

  /** Changes the rules while connections are open */
  async nft (rules: string): Promise<void> {
    await must('ip', ['netns', 'exec', this.namespace, 'nft', '-f', '-'], { stdin: `${rules}\n` })
  }
}
