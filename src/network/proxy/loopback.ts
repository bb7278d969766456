import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/** This machine itself, by name or address */
export function isLoopbackHost (host: string): boolean {
  const family = isIP(host)

  return family === 0 ? host === 'localhost' || host.endsWith('.localhost') : loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
}
