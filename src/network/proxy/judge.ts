import { MAX_SAID } from './constants.ts'
import { OutboundError } from './errors.ts'
import { plain } from './plain.ts'
import type { Head } from './read-head.ts'
import type { ProxySettings } from './settings.ts'

/** What an answer to CONNECT means; undefined when the tunnel is open */
export function judge ({ status, said }: Head, { address, authorization }: ProxySettings, target: string): OutboundError | undefined {
  const answer = `${status}${said === '' ? '' : ` ${plain(said, MAX_SAID)}`}`

  if (status >= 200 && status < 300) {
    return
  }

  // tinyproxy says 401 where 407 is meant
  if (status === 407 || status === 401) {
    return new OutboundError('credentials', authorization == null
      ? `the proxy ${address} wants credentials (${answer}): put a user and password into network.proxy, as http://user:password@host:port`
      : `the proxy ${address} refuses the user or password of network.proxy (${answer}): they are wrong, or it wants another scheme than Basic`)
  }

  if (status === 403 || status === 405) {
    return new OutboundError('forbidden', `the proxy ${address} refuses CONNECT to ${target} (${answer}): ask who runs it to allow it; docs/firewalls.md has the text of a request`)
  }

  if (status === 502 || status === 503 || status === 504) {
    return new OutboundError('no way on', `the proxy ${address} cannot reach ${target} (${answer}): that site may be down, or the proxy does not know its name`)
  }

  return new OutboundError('status', `the proxy ${address} answered CONNECT to ${target} with ${answer}`)
}
