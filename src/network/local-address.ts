import type { Connection } from '@libp2p/interface'

/** What the connection over TCP shows beside its interface */
interface Shown {
  maConn?: { socket?: { localAddress?: string } }
}

/** Address of this machine at which a connection ends; undefined where that cannot be told */
export function localAddress (connection: Connection): string | undefined {
  const address = (connection as Shown).maConn?.socket?.localAddress

  // IPv4 on a socket for both, and the interface of an address that is valid there only
  return address?.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')
}

/** Ends connections from addresses that this machine has no more: no answer will ever come there */
export function cutFrom (gone: string[], connections: Connection[]): void {
  for (const connection of connections) {
    const address = localAddress(connection)

    if (address != null && gone.includes(address)) {
      connection.abort(new Error(`this machine is not at ${address} any more`))
    }
  }
}
