import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * The host part of an address; a relayed one counts as its relay, an IPv6 one as its
 * /64: one machine has all of that to choose from.
 */
export function hostOf (address: Multiaddr): string {
  const [, kind, host = ''] = address.toString().split('/')

  return `${kind}/${kind === 'ip6' ? prefixOf(host) : host}`
}

function prefixOf (address: string): string {
  const [head, tail = ''] = address.split('::')
  const front = head.split(':').filter(group => group !== '')
  const back = tail.split(':').filter(group => group !== '')
  const groups = address.includes('::') ? [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0'), ...back] : front

  return groups.slice(0, 4).join(':')
}
