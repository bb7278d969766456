/**
 * What every request passes before it is routed, malformed and unknown paths
 * included: Host and Origin.
 */
import { quote } from '../../core/ids.ts'
import { isCrossSite } from './origin.ts'
import type { Hosts } from './host.ts'
import type { Log } from '../../core/log.ts'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

export interface OuterGuard {
  hosts: Hosts
  scheme: 'http' | 'https'
  log: Log
}

export function guarded (handler: RequestListener, { hosts, scheme, log }: OuterGuard): RequestListener {
  return (request, response) => {
    const host = takeAuthority(request)

    if (hasTwoHosts(request)) {
      refuse(response, 'a request must have one Host header')
    } else if (!hosts.accepts(host, request.socket.localAddress)) {
      log.debug({ host: host?.slice(0, 200) }, 'refused a request: Host')
      refuse(response, `Host ${quote(host ?? '')} is not a name of this daemon: use localhost or 127.0.0.1, or add the name to api.hosts in its configuration`)
    } else if (isCrossSite(request.headers, host ?? '', scheme)) {
      log.debug({ origin: request.headers.origin?.slice(0, 200) }, 'refused a request: cross-site')
      refuse(response, 'requests from web pages of another origin are refused')
    } else {
      handler(request, response)
    }
  }
}

/** Node keeps the first, others the last: what they mean is anyone's guess */
function hasTwoHosts ({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0

  for (let i = 0; i < rawHeaders.length; i += 2) {
    hosts += rawHeaders[i].length === 4 && rawHeaders[i].toLowerCase() === 'host' ? 1 : 0
  }

  return hosts > 1
}

/** An absolute request target stands above the Host header; what is left of it is the path */
function takeAuthority (request: IncomingMessage): string | undefined {
  const url = request.url ?? ''
  const match = url.startsWith('/') ? null : /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)

  if (match == null) {
    return request.headers.host
  }

  request.url = url.slice(match[0].length) || '/'

  return match[1]
}

function refuse (response: ServerResponse, sentence: string): void {
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(sentence) })
  response.end(sentence)
}
