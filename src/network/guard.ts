import { ENROLL_PROTOCOL } from '../protocols/enroll/constants.ts'
import { SYNC_PROTOCOL } from '../protocols/sync/constants.ts'
import { HOP_PROTOCOL } from './relay/limits.ts'
import type { Connection, Stream, StreamHandler, StreamHandlerOptions } from '@libp2p/interface'

/** All that runs for a peer that is not a member now; a relay looks for the authority's pass first of all */
export const QUARANTINE_PROTOCOLS: ReadonlySet<string> = new Set([SYNC_PROTOCOL, ENROLL_PROTOCOL, HOP_PROTOCOL])

export interface GuardComponents {
  registrar: {
    getProtocols(): string[]
    handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>
  }
}

/**
 * The one place where every inbound stream passes: a libp2p service that is made before
 * all others and stands between the registrar and each handler that anyone registers,
 * libp2p's own included. Membership is asked for each stream, as it is at that moment.
 *
 * Middleware of the registrar cannot do this: the connection adds each handler to the
 * registered list itself.
 */
export class Guard {
  readonly #isMember: (peer: string) => boolean

  constructor ({ registrar }: GuardComponents, isMember: (peer: string) => boolean) {
    this.#isMember = isMember

    if (registrar.getProtocols().length > 0) {
      throw new Error('a protocol was registered before the guard')
    }

    const handle = registrar.handle.bind(registrar)

    registrar.handle = async (protocol, handler, options) => handle(protocol, this.#guarded(protocol, handler), options)
  }

  #guarded (protocol: string, handler: StreamHandler): StreamHandler {
    return (stream: Stream, connection: Connection) => {
      if (!QUARANTINE_PROTOCOLS.has(protocol) && !this.#isMember(connection.remotePeer.toString())) {
        stream.abort(new Error(`${protocol} is for members`))
        return
      }

      return handler(stream, connection)
    }
  }
}
