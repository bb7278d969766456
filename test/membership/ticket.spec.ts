import { hash } from 'node:crypto'
import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { Ticket } from '../../src/membership/pb/membership.ts'
import { decodeTicket, encodeTicket } from '../../src/membership/ticket.ts'
import { peerOf } from './peers.ts'
import type { TicketFacts } from '../../src/membership/ticket.ts'

const facts: TicketFacts = {
  network: 'net.example',
  genesis: new Uint8Array(32).fill(1),
  peer: await peerOf(1),
  addresses: ['/ip4/192.0.2.1/tcp/4001', '/dns4/node.example.org/tcp/443/tls/ws'],
  id: new Uint8Array(16).fill(2),
  secret: new Uint8Array(32).fill(3),
  site: 'biscoe',
  expires: 1_760_000_000_000
}
const ticket = encodeTicket(facts)

function refusal (text: string): string {
  try {
    decodeTicket(text)
    return 'accepted'
  } catch (error: any) {
    return error.message
  }
}

describe('a ticket', () => {
  it('is one line that says all that a joiner needs', () => {
    expect(ticket).to.match(/^beam1[A-Za-z0-9_-]+$/)
    expect(decodeTicket(ticket)).to.deep.equal(facts)
  })

  it('survives what terminals and mail programs do to a line', () => {
    expect(decodeTicket(`  ${ticket.slice(0, 40)}\n${ticket.slice(40)} \r\n`)).to.deep.equal(facts)
  })

  it('is refused in one clear way for any wrong, missing or added character', () => {
    fc.assert(fc.property(fc.integer({ min: 5, max: ticket.length - 1 }), fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'), fc.constantFrom('replace', 'remove', 'insert'), (at, character, how) => {
      const tail = ticket.slice(how === 'insert' ? at : at + 1)
      const changed = ticket.slice(0, at) + (how === 'remove' ? '' : character) + tail
      fc.pre(changed !== ticket)
      expect(refusal(changed)).to.match(/^ticket is damaged: /)
    }), { numRuns: 500 })
  })

  it('is named when it is something else', () => {
    expect(refusal('')).to.match(/must begin with "beam1"/)
    expect(refusal('hello')).to.match(/must begin with "beam1"/)
    expect(refusal(`beam2${ticket.slice(5)}`)).to.match(/version that this beam-node does not know/)
    expect(refusal('beam1')).to.match(/damaged/)
    expect(refusal(`${ticket}==`)).to.match(/damaged/)
    expect(refusal('beam1'.padEnd(9_000, 'A'))).to.match(/longer than 8192 characters/)
  })

  it('of a later format is refused by its version', () => {
    const later = encodeTicket(facts)
    const payload = Ticket.decode(Buffer.from(later.slice(5), 'base64url').subarray(0, -4))
    expect(payload.version).to.equal(1)
    // a checksum over the changed payload is what a later program would write
    expect(refusal(withPayload(Ticket.encode({ ...payload, version: 2 })))).to.match(/of version 2, this beam-node knows version 1/)
  })

  it('with a field that cannot be is damaged, whatever the checksum says', () => {
    const wrong: Array<Partial<TicketFacts>> = [
      { network: 'a..b' }, { site: 'a.b' }, { site: '' }, { peer: 'QmNothing' }, { addresses: [] }, { addresses: ['http://x'] },
      { addresses: new Array(9).fill(facts.addresses[0]) }, { genesis: new Uint8Array(31) }, { id: new Uint8Array(15) }, { secret: new Uint8Array(33) }, { expires: 0 }
    ]

    for (const change of wrong) {
      expect(refusal(encodeTicket({ ...facts, ...change })), JSON.stringify(change)).to.match(/damaged/)
    }
  })

  it('never shows its secret in an error', () => {
    const secret = Buffer.from(facts.secret).toString('base64url').slice(0, 20)
    expect(refusal(ticket.slice(0, -3))).to.not.include(secret)
    expect(refusal(`x${ticket}`)).to.not.include(secret)
  })
})

function withPayload (payload: Uint8Array): string {
  const sum = checksum(payload)

  return `beam1${Buffer.concat([payload, sum]).toString('base64url')}`
}

function checksum (payload: Uint8Array): Uint8Array {
  // as documented: the first 4 bytes of SHA-256 over the domain and the payload
  return hash('sha256', Buffer.concat([Buffer.from('beam-node/ticket-checksum/v1\0'), payload]), 'buffer').subarray(0, 4)
}
