import type { SiteId } from '../../core/ids.ts'

/** A member that may relay, with what speaks for it */
export interface Candidate {
  site: SiteId
  /** '' when none was given */
  organization: string
  /** Networks of its addresses: /24, /48 or host name */
  networks: string[]
  /** ms; undefined when not measured yet */
  rtt?: number
}

/**
 * The order in which to ask for a reservation beside those that are held: first who
 * fails least likely together with them (of another organisation and network), then the
 * quickest.
 */
export function ranked (candidates: Candidate[], held: Candidate[]): Candidate[] {
  return [...candidates].sort((a, b) => shared(a, held) - shared(b, held) || (a.rtt ?? Infinity) - (b.rtt ?? Infinity) || (a.site < b.site ? -1 : 1))
}

/** How much a relay has in common with others: 2 a network, 1 an organisation, 0 nothing */
export function shared (candidate: Candidate, others: Candidate[]): number {
  return others.reduce((most, other) => Math.max(most, commonOf(candidate, other)), 0)
}

function commonOf (a: Candidate, b: Candidate): number {
  if (a.networks.some(network => b.networks.includes(network))) {
    return 2
  }

  return a.organization !== '' && a.organization === b.organization ? 1 : 0
}

/** What fails together: the /24 or /48 of an address, or its host's name */
export function networkOf (address: string): string {
  const [, kind = '', host = ''] = address.split('/')

  if (kind === 'ip4') {
    return `ip4/${host.split('.').slice(0, 3).join('.')}`
  }

  return kind === 'ip6' ? `ip6/${expand(host).slice(0, 3).join(':')}` : host
}

function expand (address: string): string[] {
  const [head, tail] = address.split('::')
  const front = head.split(':').filter(group => group !== '')
  const back = (tail ?? '').split(':').filter(group => group !== '')
  const zeros = tail == null ? 0 : Math.max(0, 8 - front.length - back.length)

  return [...front, ...Array.from({ length: zeros }, () => '0'), ...back].map(group => Number.parseInt(group, 16).toString(16))
}
