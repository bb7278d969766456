import { isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { OutboundError } from './errors.ts'
import { plain } from './plain.ts'
import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'

export interface SecuredInit {
  /** Whose certificate it must be */
  host: string
  trust: SecureContext
  /** For people */
  what: string
  signal: AbortSignal
}

/** The chain ends with somebody who is not known here */
const UNKNOWN = ['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT']

/**
 * TLS over a connection that there is.
 *
 * @throws {OutboundError} which names the issuer when that is what is wrong
 */
export async function secured (socket: Socket, { host, trust, what, signal }: SecuredInit): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({
      socket,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      secureContext: trust,
      // WebSocket runs over HTTP/1.1 only
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      // judged below, where the certificate can be named
      rejectUnauthorized: false
    })

    const fail = (error: Error): void => {
      done()
      tls.on('error', () => {
        // said already
      })
      tls.destroy()
      socket.destroy()
      reject(error)
    }
    const onSecure = (): void => {
      const error = judge(tls, what)

      if (error == null) {
        done()
        resolve(tls)
      } else {
        fail(error)
      }
    }
    const onAbort = (): void => { fail(signal.reason as Error) }
    const onError = (error: Error): void => { fail(new OutboundError('certificate', `TLS with ${what} failed: ${error.message}`, { cause: error })) }
    const onClose = (): void => { fail(new OutboundError('closed', `${what} closed the connection during the TLS handshake`)) }
    const done = (): void => {
      tls.off('secureConnect', onSecure)
      tls.off('error', onError)
      tls.off('close', onClose)
      signal.removeEventListener('abort', onAbort)
    }

    tls.once('secureConnect', onSecure)
    tls.once('error', onError)
    tls.once('close', onClose)
    signal.addEventListener('abort', onAbort)
  })
}

function judge (tls: TLSSocket, what: string): OutboundError | undefined {
  if (tls.authorized) {
    return
  }

  // text, whatever the types say
  const why = String(tls.authorizationError)
  const { issuer } = tls.getPeerCertificate()
  const name = plain([issuer?.CN ?? issuer?.O ?? 'somebody unnamed'].flat().join(' '), 100)

  return UNKNOWN.includes(why)
    ? new OutboundError('issuer', `the certificate of ${what} was issued by "${name}", which is not known here (${why}): if a proxy of your institution breaks TLS open, or it is a private CA, put its certificate (PEM) into a file and name that in network.ca`)
    : new OutboundError('certificate', `the certificate of ${what} does not hold (${why}, issued by "${name}"): who runs it must renew or correct it; is the clock of this machine right?`)
}
