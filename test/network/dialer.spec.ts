import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'aegir/chai'
import { Dialer } from '../../src/network/paths/dialer.ts'
import { StubClock } from '../protocols/helpers/stub-link.ts'
import type { DialerComponents } from '../../src/network/paths/dialer.ts'
import type { Connection } from '@libp2p/interface'

const tick = async (): Promise<void> => new Promise(resolve => { setImmediate(resolve) })
const peer = async (): Promise<string> => peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()

type Connect = (relay: string, signal: AbortSignal) => Promise<Connection>

/** A dialer that may ask these relays, in this order */
async function dialerWith (connect: Connect, count: number): Promise<{ dial(): Promise<Connection>, clock: StubClock, relays: string[] }> {
  const clock = new StubClock()
  const target = await peer()
  const relays = await Promise.all(Array.from({ length: count }, peer))
  const node = { circuit: { relay: (id: object) => id.toString(), connect: async (relay: string, _: unknown, { signal }: { signal: AbortSignal }) => connect(relay, signal) } } as unknown as DialerComponents['node']
  const dialer = new Dialer({ node, paths: { failed: () => {}, hopeful: () => true }, rtt: (relay) => relays.indexOf(relay), isMember: () => true, clock })
  const addresses = relays.map(relay => `/ip4/192.0.2.1/tcp/1/p2p/${relay}/p2p-circuit/p2p/${target}`)

  return { dial: async () => dialer.dial('a.net', target, addresses, new AbortController().signal), clock, relays }
}

const until = async (signal: AbortSignal): Promise<never> => new Promise((resolve, reject) => { signal.addEventListener('abort', () => { reject(new Error('given up')) }) })

describe('a site that only relays reach', () => {
  it('is asked for at the next relay when one says nothing for a second, and whoever connects first is used', async () => {
    const asked: string[] = []
    const given: string[] = []
    const { dial, clock, relays } = await dialerWith(async (relay, signal) => {
      asked.push(relay)

      if (relay === relays[2]) {
        return { id: 'it' } as unknown as Connection
      }

      return until(signal).finally(() => { given.push(relay) })
    }, 4)
    const dialling = dial()
    await tick()
    expect(asked).to.deep.equal([relays[0]])
    clock.pass(1_000)
    await tick()
    expect(asked).to.deep.equal(relays.slice(0, 2))
    clock.pass(1_000)
    expect((await dialling).id).to.equal('it')
    await tick()
    // the last one was never asked, and those that said nothing are not waited for
    expect(asked).to.deep.equal(relays.slice(0, 3))
    expect(given).to.deep.equal(relays.slice(0, 2))
    expect(clock.timers.size).to.equal(0)
  })

  it('is asked for at the next relay at once when one says no; what all said is told', async () => {
    const { dial, clock, relays } = await dialerWith(async (relay) => { throw new Error(`no, says ${relay}`) }, 3)
    const error = await dial().then(() => undefined, (error: Error) => error)
    expect(error?.message).to.equal(`no relay connects: ${relays.map(relay => `no, says ${relay}`).join('; ')}`)
    expect(clock.timers.size).to.equal(0)
  })
})
