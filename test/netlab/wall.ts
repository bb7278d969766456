import type { Firewall } from './firewalls/index.ts'
import type { SitePlan } from './plan.ts'

/** A connection that begins */
const SYN = 'tcp flags & (syn | ack) == syn'

/**
 * The rules of one gateway. What a fault drops is dropped first. The witness comes
 * last and has no say: it counts what really passed, whatever the rules before it meant.
 */
export function wall (site: SitePlan, firewall: Firewall, dns: string[]): string {
  const proxy = site.hosts.find(({ name }) => name === `${site.name}proxy`)?.address
  const reset = firewall.reset ? ['iifname "lan" meta l4proto tcp reject with tcp reset', 'iifname "lan" reject with icmpx admin-prohibited'] : []
  /** `ip`: what nftables calls the family of the range */
  const each = (rule: (name: string, ip: 'ip' | 'ip6', range: string) => string[]): string[] =>
    site.hosts.flatMap(({ name, range, ipv6 }) => [...rule(name, 'ip', range), ...ipv6 == null ? [] : rule(name, 'ip6', ipv6.range)])

  return `table inet wall {
  ${site.hosts.flatMap(({ name }) => ['accepted', 'dropped', 'refused', 'in_ip', 'out_ip', 'in_ip6', 'out_ip6'].map(kind => `counter ${kind}_${name} { }`)).join('\n  ')}
  counter dropped_gateway { }
  set cut { type ipv4_addr; flags interval; }
  set silent { type ipv4_addr; flags interval; }
  set cut6 { type ipv6_addr; flags interval; }
  set silent6 { type ipv6_addr; flags interval; }

  chain faults {
    type filter hook forward priority -50; policy accept;
    ip saddr @cut drop
    ip daddr @cut drop
    ip saddr @silent drop
    ip daddr @silent drop
    ip6 saddr @cut6 drop
    ip6 daddr @cut6 drop
    ip6 saddr @silent6 drop
    ip6 daddr @silent6 drop
  }

  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    ${dns.map(address => `iifname "lan" ip daddr ${address} udp dport 53 accept`).join('\n    ')}
    ${firewall.rules({ proxy }).join('\n    ')}
    ${each((name, ip, range) => [`iifname "wan" ${ip} daddr ${range} ${SYN} counter name dropped_${name} drop`, `iifname "lan" ${ip} saddr ${range} ${SYN} counter name refused_${name}`]).join('\n    ')}
    ${reset.join('\n    ')}
  }

  chain witness {
    type filter hook forward priority 50; policy accept;
    ${each((name, ip, range) => [`iifname "wan" ${ip} daddr ${range} ${SYN} counter name accepted_${name}`, `${ip} daddr ${range} counter name in_${ip}_${name}`, `${ip} saddr ${range} counter name out_${ip}_${name}`]).join('\n    ')}
  }

  chain gateway {
    type filter hook input priority 0; policy accept;
    iifname "wan" ${SYN} counter name dropped_gateway drop
  }
${site.nat ? nat : ''}}
`
}

const nat = `
  chain nat {
    type nat hook postrouting priority 100; policy accept;
    oifname "wan" masquerade
  }
`
