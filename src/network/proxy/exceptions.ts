import { BlockList, isIP } from 'node:net'
import { isLoopbackHost } from './loopback.ts'
import type { Target } from './index.ts'

/**
 * What goes out without the proxy, in the manner of NO_PROXY: `example.org` and all
 * below it (also written `.example.org` or `*.example.org`), `10.1.2.3`,
 * `10.0.0.0/8`, each with `:port` if only that port is meant; `*` for everything.
 * Loopback never goes through a proxy.
 */
export class Exceptions {
  readonly #rules: Array<(target: Target) => boolean>

  constructor (entries: string[]) {
    this.#rules = entries.map(ruleOf)
  }

  has (target: Target): boolean {
    const exact = { ...target, host: target.host.toLowerCase().replace(/\.$/, '') }

    return isLoopbackHost(exact.host) || this.#rules.some(rule => rule(exact))
  }
}

function ruleOf (entry: string): (target: Target) => boolean {
  const text = entry.trim().toLowerCase()
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*)|)(?::(\d{1,5}))?$/.exec(text) ?? [undefined, undefined, text, undefined]
  const fits = hostRule(bracketed ?? plain ?? text)

  return ({ host, port: wanted }) => (port == null || Number(port) === wanted) && fits(host)
}

function hostRule (text: string): (host: string) => boolean {
  if (text === '*') {
    return () => true
  }

  const [base, bits] = text.split('/')

  if (isIP(base) !== 0) {
    return addressRule(base, bits)
  }

  const name = text.replace(/^\*?\./, '')

  return name === '' ? () => false : host => host === name || host.endsWith(`.${name}`)
}

function addressRule (base: string, bits?: string): (host: string) => boolean {
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
  const most = family === 'ipv6' ? 128 : 32
  const length = bits == null ? most : Number(bits)

  if (!Number.isInteger(length) || length < 0 || length > most) {
    return () => false
  }

  const list = new BlockList()
  list.addSubnet(base, length, family)

  return host => isIP(host) !== 0 && list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}
