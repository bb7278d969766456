import { once } from 'node:events'
import { connect } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'aegir/chai'
import { MAX_PENDING } from '../../src/network/constants.ts'
import { WaitingRoom } from '../../src/network/waiting-room.ts'
import { hostOf } from '../../src/protocols/host-of.ts'
import { dialing, TestNetwork, until } from './helpers/sites.ts'
import type { MultiaddrConnection, Upgrader } from '@libp2p/interface'
import type { Socket } from 'node:net'

interface Double { connection: MultiaddrConnection, aborted: boolean, end(): void }

describe('the waiting room', () => {
  const doubleOf = (address: string): Double => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const made: Double = {
      aborted: false,
      end: resolve,
      connection: {
        remoteAddr: multiaddr(address),
        abort: () => {
          made.aborted = true
          resolve()
        },
        done: promise
      } as unknown as MultiaddrConnection
    }

    return made
  }
  const upgrader = { upgradeInbound: async (connection: MultiaddrConnection & { done: Promise<void> }) => connection.done } as unknown as Upgrader

  it('takes places from the address that has most of them, the oldest first', async () => {
    const room = new WaitingRoom(4)
    const { upgradeInbound } = room.around(upgrader)
    const crowd = [1, 2, 3].map((port) => doubleOf(`/ip4/10.0.0.1/tcp/${port}`))
    const other = doubleOf('/ip4/10.0.0.2/tcp/1')
    const more = [4, 5].map((port) => doubleOf(`/ip4/10.0.0.1/tcp/${port}`))
    const work = [...crowd, other, ...more].map(async ({ connection }) => upgradeInbound(connection, { signal: new AbortController().signal }))

    expect(room.size).to.equal(4)
    expect(crowd.map(({ aborted }) => aborted)).to.deep.equal([true, true, false])
    expect([other, ...more].some(({ aborted }) => aborted)).to.equal(false)

    for (const { end } of [...crowd, other, ...more]) {
      end()
    }

    await Promise.all(work)
    expect(room.size).to.equal(0)
  })

  it('counts an IPv6 machine by its /64', () => {
    expect(hostOf(multiaddr('/ip6/2001:db8:1:2:3:4:5:6/tcp/1'))).to.equal(hostOf(multiaddr('/ip6/2001:db8:1:2::1/tcp/9')))
    expect(hostOf(multiaddr('/ip6/2001:db8:1:2::1/tcp/1'))).to.not.equal(hostOf(multiaddr('/ip6/2001:db8:1:3::1/tcp/1')))
    expect(hostOf(multiaddr('/ip6/::1/tcp/1'))).to.equal(hostOf(multiaddr('/ip6/::1/tcp/2')))
    expect(hostOf(multiaddr('/ip4/10.0.0.1/tcp/1'))).to.equal('ip4/10.0.0.1')
  })

  it('full of connections that say nothing, lets a member in that comes from elsewhere', async () => {
    const network = await TestNetwork.found()
    const sockets: Socket[] = []

    try {
      const member = await network.join('member', { config: dialing() })

      await member.stop()

      const port = Number(/tcp\/(\d+)/.exec(network.founder.network.addresses()[0])?.[1])

      // slower than the rate that one address is allowed
      for (let i = 0; i < MAX_PENDING + 30; i++) {
        const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' })

        socket.on('error', () => { /* cut */ })
        sockets.push(socket)
        await once(socket, 'connect')
        await new Promise((resolve) => { setTimeout(resolve, 12) })
      }

      expect(sockets.filter(({ destroyed }) => destroyed).length).to.be.within(20, 40)
      await member.start()
      await until(() => network.founder.network.peers().some(({ site }) => site === member.id), 'the member has a link', 5_000)
    } finally {
      sockets.forEach((socket) => { socket.destroy() })
      await network.stop()
    }
  })
})
