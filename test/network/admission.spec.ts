import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { Admission } from '../../src/network/admission.ts'
import type { AdmissionComponents } from '../../src/network/admission.ts'
import type { Connection } from '@libp2p/interface'

const MEMBER = { code: 0, reason: '' }

describe('admission of a connection', () => {
  let member: boolean
  let wanted: boolean
  let seen: string[]
  let serves: boolean

  const connection = {
    remotePeer: 'peer',
    remoteAddr: '/ip4/127.0.0.1/tcp/1',
    direction: 'outbound',
    status: 'open',
    close: async () => { seen.push('closed') },
    abort: () => { seen.push('aborted') }
  } as unknown as Connection

  /** Sync says that both are members; a revocation may come while it runs */
  function admission (meanwhile: () => void = () => {}): Admission {
    return new Admission({
      sync: {
        begin: async () => {
          meanwhile()

          return { ours: MEMBER, theirs: MEMBER }
        }
      },
      control: { open: async () => { seen.push('linked') } },
      quarantine: { add: () => {}, release: () => { seen.push('released') } },
      identify: { identify: async () => { seen.push('identified'); return {} } },
      isMember: () => member,
      mayServe: () => serves,
      wantsLink: () => wanted,
      log: silentLog
    } as unknown as AdmissionComponents)
  }

  beforeEach(() => {
    member = true
    wanted = true
    serves = false
    seen = []
  })

  it('lets a member in', async () => {
    expect(await admission().establish(connection)).to.equal(true)
    expect(seen).to.have.members(['released', 'identified', 'linked'])
  })

  it('makes a link of what the DHT opened while links are of use, and lets the peer in all the same', async () => {
    const one = admission()
    one.opened(connection)
    await new Promise(resolve => { setTimeout(resolve, 0) })
    expect(seen).to.have.members(['released', 'identified', 'linked'])

    seen = []
    wanted = false
    one.opened(connection)
    await new Promise(resolve => { setTimeout(resolve, 0) })
    expect(seen).to.have.members(['released', 'identified'])

    // somebody waits for it after all
    seen = []
    expect(await one.establish(connection)).to.equal(true)
    expect(seen).to.include('linked')
  })

  it('identifies a peer once over circuits, and each time when it shows an address or may serve the DHT', async () => {
    const circuit = { ...connection, remoteAddr: '/ip4/127.0.0.1/tcp/1/p2p/relay/p2p-circuit/p2p/peer' } as unknown as Connection
    const one = admission()
    const identified = async (of: Connection): Promise<boolean> => {
      seen = []
      await one.establish(of)

      return seen.includes('identified')
    }

    expect(await identified(circuit)).to.equal(true)
    expect(await identified(circuit)).to.equal(false)
    expect(await identified(connection)).to.equal(true)
    expect(await identified(circuit)).to.equal(false)
    serves = true
    expect(await identified(circuit)).to.equal(true)
  })

  it('does not let in who was revoked while the roster sync ran, whichever side began it', async () => {
    expect(await admission(() => { member = false }).establish(connection)).to.equal(false)
    expect(seen).to.deep.equal(['closed'])

    admission().finished(connection, { ours: MEMBER, theirs: MEMBER })
    expect(seen).to.deep.equal(['closed', 'closed'])
  })
})
