import { createWebSocketStream } from 'ws'
import { HIGH_WATER, MAX_MESSAGE } from './constants.ts'
import { DuplexConnection } from './duplex-connection.ts'
import { Lobby } from './lobby.ts'
import { answerPings } from './pings.ts'
import type { LobbyInit } from './lobby.ts'
import type { Listener, MultiaddrConnection, Upgrader } from '@libp2p/interface'
import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:net'
import type { WebSocket, WebSocketServer } from 'ws'

/** What the installed listener shows beside its interface */
interface Shown {
  server: Server
  wsServer: WebSocketServer
}

/**
 * The installed listener takes messages of 100 MiB, answers pings of who reads nothing
 * without an end, has no time limit before the upgrade, and waits for such connections
 * when it closes.
 */
export function bounded (listener: Listener, init: LobbyInit = {}): Listener {
  const { server, wsServer } = listener as Listener & Shown
  const lobby = new Lobby(init)
  const close = listener.close.bind(listener)
  wsServer.options.maxPayload = MAX_MESSAGE
  wsServer.options.autoPong = false
  server.prependListener('connection', (socket) => { lobby.enter(socket) })
  wsServer.on('headers', (_headers, { socket }: IncomingMessage) => { lobby.left(socket) })

  listener.close = async () => {
    const closed = close()
    lobby.close()
    await closed
  }

  return listener
}

/**
 * The connections of the installed listener cannot hold back who sends, and stay open when
 * they are aborted: they close themselves with a status that `ws` refuses. So the peers
 * that quarantine, waiting room or roster throw out would keep their sockets. What they
 * are made of goes into a connection of ours.
 */
export function through (upgrader: Upgrader): Upgrader {
  return {
    upgradeInbound: async (installed, options) => {
      const connection = own(installed)

      try {
        await upgrader.upgradeInbound(connection, options)
      } catch (error) {
        connection.abort(error as Error)
        throw error
      }
    },
    upgradeOutbound: async (connection, options) => upgrader.upgradeOutbound(connection, options),
    createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
    getStreamMuxers: () => upgrader.getStreamMuxers(),
    getConnectionEncrypters: () => upgrader.getConnectionEncrypters()
  }
}

function own (installed: MultiaddrConnection): MultiaddrConnection {
  const { websocket } = installed as MultiaddrConnection & { websocket: WebSocket }
  websocket.removeAllListeners('message')
  websocket.binaryType = 'nodebuffer'
  answerPings(websocket)

  return new DuplexConnection({
    duplex: createWebSocketStream(websocket, { highWaterMark: HIGH_WATER }),
    remoteAddr: installed.remoteAddr,
    direction: 'inbound',
    log: installed.log
  })
}
