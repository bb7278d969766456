import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { AddressBook } from '../../src/network/address-book.ts'
import { Guard } from '../../src/network/guard.ts'
import { Housekeeping } from '../../src/network/housekeeping.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import type { Connection, Stream } from '@libp2p/interface'

describe('upkeep of connections', () => {
  it('closes what serves nothing for long, and nothing else', () => {
    const closed: string[] = []
    const now = 1_000_000
    const connection = (name: string, age: number, streams: number): Connection => ({
      timeline: { open: now - age },
      streams: Array.from({ length: streams }),
      remotePeer: name,
      remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/1'),
      close: async () => { closed.push(name) }
    }) as unknown as Connection
    const linked = connection('linked', 60_000, 0)
    const held = connection('held', 60_000, 0)

    new Housekeeping({
      connections: () => [linked, held, connection('young', 10_000, 0), connection('busy', 60_000, 1), connection('spare', 60_000, 0)],
      quarantine: { has: (connection) => connection === held },
      isMember: () => true,
      carriesLink: (connection) => connection === linked,
      clock: { ...systemClock, now: () => now },
      log: silentLog,
      review: () => {}
    }).sweep()

    expect(closed).to.deep.equal(['spare'])
  })

  it('remembers good addresses over a restart, the last good one first, a few for each site', async () => {
    const store = inProcessStore(openCore({ path: ':memory:' }))
    let now = 1
    const make = (): AddressBook => new AddressBook({ store, clock: { now: () => now++ }, log: silentLog })
    const book = make()

    for (const port of [1, 2, 3, 4, 5, 3]) {
      book.good('a.test', `/ip4/10.0.0.1/tcp/${port}`)
    }

    await new Promise(resolve => { setTimeout(resolve, 10) })
    const later = make()
    await later.load()
    expect(later.of('a.test')).to.deep.equal([3, 5, 4, 2].map(port => `/ip4/10.0.0.1/tcp/${port}`))
    expect(book.of('a.test')).to.deep.equal(later.of('a.test'))
    expect(later.of('b.test')).to.deep.equal([])
    await store.close()
  })

  it('the guard must be first, and asks anew for each stream', async () => {
    const registered = new Map<string, (stream: Stream, connection: Connection) => void>()
    const registrar = {
      getProtocols: () => [...registered.keys()],
      handle: async (protocol: string, handler: (stream: Stream, connection: Connection) => void) => { registered.set(protocol, handler) }
    }
    let member = true
    const guard = new Guard({ registrar }, () => member)
    expect(guard).to.be.instanceOf(Guard)
    const calls: string[] = []
    await registrar.handle('/any/1.0.0', () => { calls.push('handled') })
    const stream = { abort: () => { calls.push('aborted') } } as unknown as Stream
    const connection = { remotePeer: 'peer' } as unknown as Connection
    registered.get('/any/1.0.0')?.(stream, connection)
    member = false
    registered.get('/any/1.0.0')?.(stream, connection)
    expect(calls).to.deep.equal(['handled', 'aborted'])
    expect(() => new Guard({ registrar }, () => true)).to.throw('registered before the guard')
  })
})
