import { connect } from 'node:net'

/** How long a peer or port may take to accept a connection, ms */
const PATIENCE = 2_000

/** Undefined when somebody accepts a TCP connection there; else why not */
export async function connects (host: string, port: number, patience: number = PATIENCE): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patience })
    const end = (failure?: string): void => {
      socket.destroy()
      resolve(failure)
    }

    socket.once('connect', () => { end() })
    socket.once('timeout', () => { end(`no answer within ${patience / 1_000} s`) })
    socket.once('error', (err: NodeJS.ErrnoException) => { end(err.code ?? err.message) })
  })
}
