import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { AddressBook } from '../../src/network/address-book.ts'

const OLD = '/ip4/192.0.2.1/tcp/8091'
const NEW = '/ip4/198.51.100.1/tcp/8091'
const NAT = '/ip4/203.0.113.9/tcp/8091/p2p/peer'

function bookOf (rows: Array<{ address: string, lastGood: number }>): AddressBook {
  return new AddressBook({ store: { listAddresses: async () => rows.map(row => ({ site: 'a.net', ...row })), putAddress: async () => undefined } as never, clock: { now: () => 1 }, log: silentLog })
}

describe('addresses at which sites were reached', () => {
  it('that a site left are tried last, until they work again', async () => {
    const book = bookOf([{ address: OLD, lastGood: 1 }])
    await book.load()
    // nothing is known of what it said before
    expect(book.announced('a.net', [`${OLD}/p2p/peer`])).to.equal(false)
    expect(book.of('a.net')).to.deep.equal([OLD])

    expect(book.announced('a.net', [NEW])).to.equal(true)
    expect([book.of('a.net'), book.left('a.net')]).to.deep.equal([[], [OLD]])
    book.good('a.net', NEW)
    expect([book.of('a.net'), book.left('a.net')]).to.deep.equal([[NEW], [OLD]])

    // a record that says the same again is no news
    expect(book.announced('a.net', [NEW])).to.equal(false)
    book.good('a.net', OLD)
    expect([book.of('a.net'), book.left('a.net')]).to.deep.equal([[OLD, NEW], []])
  })

  it('stay first while a site says the same of itself, though it never names them', async () => {
    const book = bookOf([{ address: NAT, lastGood: 2 }, { address: OLD, lastGood: 1 }])
    await book.load()

    for (let renewed = 0; renewed < 3; renewed++) {
      expect(book.announced('a.net', [OLD])).to.equal(false)
      expect(book.of('a.net')).to.deep.equal([NAT, OLD])
    }

    expect(book.left('b.net')).to.deep.equal([])
  })
})
