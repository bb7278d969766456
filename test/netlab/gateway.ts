import { firewallOf, gatewayOf } from './build.ts'
import { must } from './command.ts'
import { Cable } from './wire.ts'
import type { Firewall } from './firewalls/index.ts'
import type { SitePlan } from './plan.ts'

/** The firewall before a site's hosts: its own namespace, with a bridge inside and one leg outside */
export class Gateway {
  readonly namespace: string
  /** Its address on the inside */
  readonly lan: string
  /** What the internet calls the site behind it */
  readonly outside: string[]
  readonly site: SitePlan
  readonly firewall: Firewall
  /** Between it and the internet */
  readonly cable: Cable

  constructor (lab: string, directory: string, site: SitePlan) {
    this.cable = new Cable(lab, directory, this)
    this.firewall = firewallOf(site)
    this.namespace = gatewayOf(lab, site)
    this.lan = site.lan
    this.outside = [...new Set([site.outside, site.wan])]
    this.site = site
  }

  /** From now on, silently, in both directions: `cut` are addresses outside, `silent` those of hosts */
  async drop (set: 'cut' | 'silent', addresses: string[]): Promise<void> {
    await this.nft(`add element inet wall ${set} { ${addresses.join(', ')} }`)
  }

  async pass (set: 'cut' | 'silent', addresses: string[]): Promise<void> {
    await this.nft(`delete element inet wall ${set} { ${addresses.join(', ')} }`)
  }

  /** Changes the rules while connections are open */
  async nft (rules: string): Promise<void> {
    await must('ip', ['netns', 'exec', this.namespace, 'nft', '-f', '-'], { stdin: `${rules}\n` })
  }
}
