/**
 * The laboratory: networks of Linux network namespaces with real firewalls, for tests
 * of what happens between sites.
 *
 * ```
 *      hospital                                          relay
 *   ┌───────────┐    ┌──────────────────┐           ┌──────────────────┐    ┌────────┐
 *   │ 11.7.1.17 ├────┤ gateway          │           │          gateway ├────┤        │
 *   │ beam-node │eth0│ nftables: what   ├─┐wan   wan│ nftables: what   │eth0│ beam-  │
 *   └───────────┘    │ may pass, and    │ │       ┌─┤ may pass, and    │    │ node   │
 *   ┌───────────┐    │ counters of what │ │       │ │ counters of what │    └────────┘
 *   │ proxy     ├────┤ really passed    │ │       │ │ really passed    │   11.7.2.17
 *   └───────────┘    └──────────────────┘ │       │ └──────────────────┘
 *                                   ┌─────┴───────┴─────┐
 *                                   │ internet (bridge) │   DNS servers, good and bad
 *                                   └───────────────────┘
 * ```
 *
 * Each box is a namespace; nothing of it can reach this machine's own network. It looks
 * like this:
 *
 * ```ts
 * describeLab('two hospitals and a relay', () => {
 *   const net = useLab({
 *     hosts: {
 *       relay: { firewall: open() },
 *       hospital: { firewall: outboundOnly() },
 *       clinic: { firewall: proxyOnly(), proxy: squid({ credentials: { user: 'u', password: 'p' } }) }
 *     }
 *   })
 *
 *   it('…', async () => {
 *     const { relay, hospital, clinic } = net().hosts
 *     const hub = await relay.daemon({ network: 'study.example' })
 *     const site = await hospital.daemon({ invitedBy: hub, config: { 'log.level': 'debug' } })
 *     const ask = await site.client('ask')          // an app: `ask.call('POST', '/v1/tasks', {…})`
 *
 *     await net().partition(hospital, relay)        // silently, both ways; `heal` ends it
 *     await hospital.silence()                      // everything vanishes; `speak` ends it
 *     await hospital.wire({ loss: 0.2, delay: 300, jitter: 50, reorder: 0.1, duplicate: 0.05, seed: 7 })
 *     await hospital.move()                         // another address
 *     await site.kill('SIGSTOP')                    // SIGCONT, SIGKILL; `start` again
 *
 *     expect(await hospital.accepted()).to.equal(0) // SYNs from outside that got in
 *   })
 * })
 * ```
 *
 * Files of such tests end in `.lab.spec.ts`. `npm run test:netlab` runs them, as root; in
 * `npm test` they are skipped and say why. A laboratory is taken down by `stop` (which
 * `useLab` calls), by a helper process when the runner is killed, and at the latest when
 * the next one is built.
 */
import type { Dns } from './dns/index.ts'
import type { Firewall } from './firewalls/index.ts'
import type { Host } from './host.ts'
import type { Proxy } from './proxies/index.ts'

export interface LabInit<Names extends string = string> {
  hosts: Record<Names, HostInit>
}

export type Family = 'IPv4' | 'IPv6'

export interface HostInit {
  /** @default open() */
  firewall?: Firewall
  /** The site has one public address, its gateway's; the host a private one. @default false */
  nat?: boolean
  /** What its site speaks; of `both` either may be cut alone. @default 'IPv4' */
  ip?: Family | 'both'
  /** Name of a host before it in the list whose gateway and network it shares, firewall and NAT too */
  behind?: string
  /** A forward proxy beside it on its site's network: `host.proxy` */
  proxy?: Proxy
  /** Who answers its questions about names; `NAME.example` is each host. @default nobody */
  dns?: Dns
}

export interface NetLab<Names extends string = string> extends AsyncDisposable {
  /** Its namespaces' names begin with this */
  readonly name: string
  readonly hosts: Record<Names, Host>
  /** Drops silently what the sites of two hosts send each other, or of one family alone; connections stay, half open */
  partition(one: Host, other: Host, family?: Family): Promise<void>
  heal(one: Host, other: Host, family?: Family): Promise<void>
  /** Ends every process in it and removes all of it */
  stop(): Promise<void>
}

export { describeLab, whyNoLab } from './available.ts'
export { lies, names, refuses, silent } from './dns/index.ts'
export { closed, only443, open, outboundOnly, proxyOnly } from './firewalls/index.ts'
export { lab } from './lab.ts'
export { cuttingProxy, squid, tinyproxy } from './proxies/index.ts'
export { useLab } from './use-lab.ts'
export type { LabDaemon } from './daemon.ts'
export type { Host } from './host.ts'
