/** A keeper that answers late, again and again, holds up others for its turn and no longer. In virtual time. */
import { readFileSync } from 'node:fs'
import { expect } from 'aegir/chai'
import { Emitter } from '../../src/core/bus.ts'
import { UnreachableError } from '../../src/core/errors.ts'
import { silentLog } from '../../src/core/log.ts'
import { createCheck } from '../../src/envelope/check.ts'
import { Collector } from '../../src/mailbox/collector.ts'
import { leaveAt } from '../../src/mailbox/leave.ts'
import { COLLECT_AT_ONCE, COLLECT_TURN, LEAVE_TURN } from '../../src/mailbox/limits.ts'
import { MailboxMessage } from '../../src/protocols/mailbox/pb/mailbox.ts'
import { BEGIN, VirtualClock } from '../simulation/kit/virtual-clock.ts'
import type { MailContext } from '../../src/mailbox/context.ts'
import type { BulkChannel } from '../../src/network/index.ts'
import type { OutboxItem } from '../../src/store/index.ts'

/** Just below what a session may be silent for */
const LATE = 20_000

const vectors = JSON.parse(readFileSync(new URL('../vectors/envelope.json', import.meta.url), 'utf8')) as { network: string, envelopes: Array<{ to: string, head: string, smallEnvelope: string }> }
const [envelope] = vectors.envelopes
const bytes = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(hex, 'hex'))

describe('a keeper that answers late', () => {
  let clock: VirtualClock

  beforeEach(() => { clock = new VirtualClock() })

  /** Answers each request after a while, until it is cut */
  function late (answer: (request: MailboxMessage) => Partial<MailboxMessage>): BulkChannel {
    const cut = Promise.withResolvers<never>()
    cut.promise.catch(() => { /* whoever reads hears of it */ })
    const requests: MailboxMessage[] = []

    return {
      write: async (...pieces) => { requests.push(MailboxMessage.decode(Buffer.concat(pieces))) },
      read: async () => {
        const request = requests.shift() as MailboxMessage
        await Promise.race([new Promise<void>(resolve => { clock.setTimeout(resolve, LATE) }), cut.promise])

        return MailboxMessage.encode(answer(request))
      },
      readPieces: async () => undefined,
      close: async () => {},
      abort: (error) => { cut.reject(error) }
    }
  }

  it('is left alone when its turn is over: what it said yes to counts, the rest is for later', async () => {
    const items = Array.from({ length: 32 }, (_, seq) => ({ seq })) as unknown as OutboxItem[]
    const said: number[] = []
    const context = {
      clock,
      streams: { openMail: async () => late(() => ({ stored: { until: BEGIN } })) },
      post: { prepare: async () => ({ kind: 'small', frame: bytes(envelope.smallEnvelope), size: 1 }) }
    } as unknown as MailContext

    const done = await clock.until(leaveAt(context, 'keeper.net', items, async ({ seq }, { kind }) => {
      expect(kind).to.equal('stored')
      said.push(seq)

      return true
    }, new AbortController().signal))

    expect(done).to.equal(false)
    expect(clock.monotonic()).to.equal(LEAVE_TURN)
    expect(said).to.deep.equal(items.slice(0, LEAVE_TURN / LATE - 1).map(({ seq }) => seq))
  })

  it('lets others have their turn when mail is collected', async () => {
    const asked: string[] = []
    const self = envelope.to
    const context = {
      clock,
      self,
      network: vectors.network,
      // mail of sites that are not heard of yet, place after place, never a lie
      streams: {
        openMail: async (keeper: string) => {
          asked.push(`${keeper} at ${clock.monotonic()}`)

          if (keeper === 'honest') {
            throw new UnreachableError('asked, and that is enough here')
          }

          return late(({ list }) => ({ listing: { entries: [{ place: (list?.after ?? 0) + 1, head: bytes(envelope.head) }], more: true } }))
        }
      },
      membership: { self, roster: { standing: () => 'unknown' } },
      post: { check: createCheck({ network: vectors.network, self, signingKey: () => undefined, privateKey: () => undefined, verify: async () => true }) },
      links: { linkUp: new Emitter(), linkDown: new Emitter() },
      log: silentLog
    } as unknown as MailContext
    const collector = new Collector(context)
    const liars = Array.from({ length: COLLECT_AT_ONCE }, (_, index) => `liar${index}`)
    liars.forEach(liar => { collector.from(liar) })
    collector.from('honest')
    await clock.advance(COLLECT_TURN - 1)
    expect(asked).to.have.lengthOf(COLLECT_AT_ONCE)
    await clock.advance(2)
    expect(asked).to.include(`honest at ${COLLECT_TURN}`)
    // and they go on, behind it
    expect(asked.filter(who => who.startsWith('liar'))).to.have.lengthOf(2 * COLLECT_AT_ONCE)
    expect(collector.lies).to.deep.equal({})
    await collector.stop()
  })
})
