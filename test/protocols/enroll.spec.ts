import { streamPair } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { ENROLL_REFUSALS } from '../../src/membership/enroll/codes.ts'
import { ENROLL_ADDRESS_RATE, MAX_ENROLLMENTS } from '../../src/protocols/enroll/constants.ts'
import { EnrollAnswer } from '../../src/protocols/enroll/pb/enroll.ts'
import { EnrollServer } from '../../src/protocols/enroll/server.ts'
import { joinFrames } from '../../src/protocols/framing/encode.ts'
import { FrameReader } from '../../src/protocols/framing/reader.ts'
import type { Connection, Stream } from '@libp2p/interface'

/** A server whose authority admits or refuses all, the requests that came to it, and its warnings */
function serving (code: number): { server: EnrollServer, requests: Uint8Array[], warnings: object[] } {
  const requests: Uint8Array[] = []
  const warnings: object[] = []
  const server = new EnrollServer({
    authority: {
      redeem: async (request) => {
        requests.push(request)

        return [EnrollAnswer.encode({ code, reason: 'because' })]
      }
    },
    peerId: 'inviter',
    // tokens do not come back within a test
    clock: { ...systemClock, now: () => 0, monotonic: () => 0 },
    log: { ...silentLog, warn: (fields: object) => { warnings.push(fields) } }
  })

  return { server, requests, warnings }
}

/** The joiner's end of a stream from an address */
async function open (server: EnrollServer, address: string): Promise<Stream> {
  const [joiner, inviter] = await streamPair()
  server.handle(inviter, { remotePeer: 'joiner', remoteAddr: multiaddr(address) } as unknown as Connection)

  return joiner
}

async function answerTo (stream: Stream): Promise<number> {
  const reader = new FrameReader(stream, { maxFrame: 65_536 })
  stream.send(joinFrames([Uint8Array.of(1)]))

  return EnrollAnswer.decode(await reader.read(AbortSignal.timeout(2_000)) ?? new Uint8Array()).code
}

const HERE = '/ip4/192.0.2.1/tcp/1'
const THERE = '/ip4/192.0.2.2/tcp/1'

describe('the enrolment server', () => {
  it('serves others while one address holds as many silent streams as it can', async () => {
    const { server } = serving(0)

    for (let at = 0; at < 2 * MAX_ENROLLMENTS; at++) {
      await open(server, HERE)
    }

    expect(await answerTo(await open(server, THERE))).to.equal(0)
  })

  it('counts a machine with a whole /64 as one', async () => {
    const { server, requests } = serving(ENROLL_REFUSALS.unknown[0])

    for (let at = 0; at < ENROLL_ADDRESS_RATE.burst; at++) {
      expect(await answerTo(await open(server, `/ip6/2001:db8::${at + 1}/tcp/1`))).to.equal(ENROLL_REFUSALS.unknown[0])
    }

    expect(await answerTo(await open(server, '/ip6/2001:db8:0:0:ffff::1/tcp/1'))).to.equal(ENROLL_REFUSALS.limited[0])
    expect(await answerTo(await open(server, '/ip6/2001:db8:0:1::1/tcp/1'))).to.equal(ENROLL_REFUSALS.unknown[0])
    expect(requests).to.have.lengthOf(ENROLL_ADDRESS_RATE.burst + 1)
  })

  it('counts a stream against its address also when no request comes', async () => {
    const { server, requests } = serving(0)

    for (let at = 0; at < ENROLL_ADDRESS_RATE.burst; at++) {
      await open(server, HERE)
    }

    expect(await answerTo(await open(server, HERE))).to.equal(11)
    expect(requests).to.have.length(0)
    expect(await answerTo(await open(server, THERE))).to.equal(0)
  })

  it('does not count an admission', async () => {
    const { server, requests } = serving(0)

    for (let at = 0; at < 3 * ENROLL_ADDRESS_RATE.burst; at++) {
      expect(await answerTo(await open(server, HERE))).to.equal(0)
    }

    expect(requests).to.have.length(3 * ENROLL_ADDRESS_RATE.burst)
  })

  it('does not count who waits for an operator: it asks every few seconds, for hours', async () => {
    const { server, requests } = serving(ENROLL_REFUSALS.waiting[0])

    for (let at = 0; at < 100; at++) {
      expect(await answerTo(await open(server, HERE))).to.equal(17)
    }

    expect(requests).to.have.length(100)
  })

  it('counts a refusal', async () => {
    const { server, requests } = serving(5)

    for (let at = 0; at < 2 * ENROLL_ADDRESS_RATE.burst; at++) {
      await answerTo(await open(server, HERE))
    }

    expect(requests).to.have.length(ENROLL_ADDRESS_RATE.burst)
  })

  it('writes one line for many enrolments that are cut in the same way', async () => {
    const { server, warnings } = serving(0)

    for (let at = 0; at < 40; at++) {
      const stream = await open(server, `/ip4/192.0.2.${at}/tcp/1`)
      const closed = new Promise(resolve => { stream.addEventListener('close', resolve) })
      // a frame of no length is none
      stream.send(Uint8Array.of(0))
      await closed
    }

    expect(warnings).to.have.length(1)
  })
})
