import { isIP } from 'node:net'

/**
 * A web page can point a name of its own at 127.0.0.1 (DNS rebinding); its requests
 * still carry that name in Host. So only names and addresses that belong to this
 * daemon are served.
 */

/** Host header or configured name without port, brackets kept off, lower case */
export function hostName (host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host)

  if (bracketed != null) {
    return bracketed[1].toLowerCase()
  }

  return (isIP(host) === 6 ? host : host.replace(/:\d*$/, '')).toLowerCase()
}

export class Hosts {
  readonly #names: Set<string>

  /** The bound address and what the configuration adds */
  constructor (names: string[]) {
    this.#names = new Set(['localhost', '::1', ...names.map(hostName)])
  }

  /** `local` is the address that this connection reached: a daemon may be bound to all of them */
  accepts (host: string | undefined, local: string | undefined): boolean {
    if (host == null || host === '') {
      return false
    }

    const name = hostName(host)

    return this.#names.has(name) || isLoopback(name) || (local != null && name === local.replace(/^::ffff:/, ''))
  }
}

function isLoopback (name: string): boolean {
  return name.startsWith('127.') && isIP(name) === 4
}
