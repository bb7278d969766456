import { once } from 'node:events'
import { connect } from 'node:net'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { expect } from 'aegir/chai'
import { createLibp2p } from 'libp2p'
import { WebSocket } from 'ws'
import { straight } from '../../src/network/proxy/create-outbound.ts'
import { MAX_MESSAGE } from '../../src/network/websocket/constants.ts'
import { outboundWebSockets } from '../../src/network/websocket/transport.ts'
import { outsider } from './helpers/outsider.ts'
import { until } from './helpers/sites.ts'
import type { LobbyInit } from '../../src/network/websocket/lobby.ts'
import type { Libp2p } from '@libp2p/interface'
import type { Socket } from 'node:net'

describe('a listener for WebSockets', () => {
  const nodes: Libp2p[] = []
  const sockets: Array<{ destroy(): void }> = []

  const listen = async (lobby?: LobbyInit): Promise<{ node: Libp2p, port: number }> => {
    const node = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
      transports: [outboundWebSockets(straight(), { lobby })],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { inboundConnectionThreshold: 1_000 },
      connectionMonitor: { enabled: false }
    })
    nodes.push(node)

    return { node, port: Number(/\/tcp\/(\d+)/.exec(node.getMultiaddrs()[0].toString())?.[1]) }
  }

  const idle = async (port: number, text = ''): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => { socket.destroy() })
    socket.resume()
    sockets.push(socket)
    await once(socket, 'connect')
    socket.write(text)

    return socket
  }

  const websocket = async (port: number): Promise<WebSocket> => {
    const made = new WebSocket(`ws://127.0.0.1:${port}/`)
    made.on('error', () => { made.terminate() })
    sockets.push({ destroy: () => { made.terminate() } })
    await once(made, 'open')

    return made
  }

  afterEach(async () => {
    sockets.splice(0).forEach(socket => { socket.destroy() })
    await Promise.all(nodes.splice(0).map(async node => node.stop()))
  })

  it('carries what is said both ways, and closes the socket of whoever is thrown out', async () => {
    const { node } = await listen()
    await node.handle('/test/echo/1.0.0', (stream) => { stream.addEventListener('message', ({ data }) => { stream.send(data) }) })
    const stranger = await createLibp2p({ addresses: { listen: [] }, transports: [webSockets()], connectionEncrypters: [noise()], streamMuxers: [yamux()], connectionMonitor: { enabled: false } })
    nodes.push(stranger)
    const connection = await stranger.dial(node.getMultiaddrs())
    const stream = await connection.newStream('/test/echo/1.0.0')
    let bytes = 0
    stream.addEventListener('message', ({ data }) => { bytes += data.byteLength })
    stream.send(new Uint8Array(100_000))
    await until(() => bytes === 100_000, 'all came back')
    const [inbound] = node.getConnections()
    inbound.abort(new Error('thrown out'))
    await until(() => connection.status !== 'open', 'the other side sees it', 2_000)
  })

  it('has little time for who does not ask for a WebSocket', async () => {
    const { port } = await listen({ time: 100 })
    const silent = await Promise.all([idle(port), idle(port, 'GET / HTTP/1.1\r\n'), idle(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')])
    const open = await websocket(port)
    await until(() => silent.every(socket => socket.destroyed), 'they are closed', 2_000)
    expect(open.readyState).to.equal(WebSocket.OPEN)
  })

  it('holds few of these, and takes newcomers all the same', async () => {
    const { port } = await listen({ limit: 8 })
    const silent = await Promise.all(Array.from({ length: 32 }, async () => idle(port)))
    await until(() => silent.filter(socket => !socket.destroyed).length === 8, 'the oldest went', 2_000)
    expect((await websocket(port)).readyState).to.equal(WebSocket.OPEN)
  })

  it('stops although somebody is connected and silent', async () => {
    const { node, port } = await listen()
    await idle(port)
    await idle(port, 'GET /')
    const begin = Date.now()
    await node.stop()
    expect(Date.now() - begin).to.be.below(3_000)
  })

  it('takes no message longer than its limit', async () => {
    const { port } = await listen()
    const open = await websocket(port)
    open.on('error', () => { open.terminate() })
    const begin = Date.now()

    for (let sent = 0; sent <= MAX_MESSAGE && open.readyState === WebSocket.OPEN; sent += 1_048_576) {
      open.send(new Uint8Array(1_048_576), { fin: false })
    }

    await until(() => open.readyState === WebSocket.CLOSED, 'it is closed', 5_000)
    expect(Date.now() - begin).to.be.below(5_000)
  })

  it('answers pings, but not without an end of who reads nothing', async () => {
    const { node, port } = await listen()
    const open = await websocket(port)
    open.ping('x')
    await once(open, 'pong')

    const { port: other } = await listen()
    const greedy = await websocket(other)
    greedy.pause()
    const before = process.memoryUsage().external
    const payload = new Uint8Array(125)

    for (let round = 0; round < 64; round++) {
      for (let count = 0; count < 2_048; count++) {
        greedy.ping(payload)
      }

      await new Promise(resolve => { setTimeout(resolve, 5) })
    }

    await until(() => greedy.bufferedAmount === 0, 'all was read', 5_000)
    // what the machine's own buffers hold is not counted there
    expect(process.memoryUsage().external - before).to.be.below(8_388_608)
    expect(node.status).to.equal('started')
  })

  it('nobody of another transport is harmed', async () => {
    const { node } = await listen()
    const stranger = await outsider()
    nodes.push(stranger)
    await expect(stranger.dial(node.getMultiaddrs())).to.eventually.be.rejected()
  })
})
