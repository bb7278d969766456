import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { InvalidInputError } from '../../src/core/errors.ts'
import { checkFragment, checkNetworkName, isFragment, MAX_FRAGMENT, MAX_NETWORK, parseId, siteOf } from '../../src/core/ids.ts'

const letters = [...'abcXYZ0129-äß界ツж']
const fragment = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: MAX_FRAGMENT })
const network = fc.array(fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 })
  .map(fragments => fragments.join('.'))

describe('ids', () => {
  it('parses back what it is built of, networks with dots included', () => {
    fc.assert(fc.property(fragment, fragment, network, (app, site, net) => {
      expect(parseId(`${app}.${site}.${net}`, net)).to.deep.equal({ kind: 'app', id: `${app}.${site}.${net}`, app, site, siteId: `${site}.${net}` })
      expect(parseId(`${site}.${net}`, net)).to.deep.equal({ kind: 'site', id: `${site}.${net}`, site, siteId: `${site}.${net}` })
      expect(siteOf(`${app}.${site}.${net}`, net)).to.equal(`${site}.${net}`)
    }))
  })

  it('takes an id of another network for none', () => {
    fc.assert(fc.property(fragment, fragment, network, network, (app, site, net, other) => {
      fc.pre(!`${app}.${site}.${net}`.endsWith(`.${other}`))
      expect(parseId(`${app}.${site}.${net}`, other)).to.equal(undefined)
    }))
  })

  it('takes only one or two fragments before the network, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), network, (text, net) => {
      const fragments = text.split('.')
      const valid = fragments.length <= 2 && fragments.every(isFragment)

      expect(parseId(`${text}.${net}`, net) != null).to.equal(valid)
    }))
  })

  for (const text of ['', 'a b', 'a_b', 'a/b', 'a:b', '.', 'a\u0000', 'é\n', 'a'.repeat(MAX_FRAGMENT + 1), '<script>']) {
    it(`refuses the fragment ${JSON.stringify(text.slice(0, 12))} and says the rule`, () => {
      expect(isFragment(text)).to.equal(false)
      expect(() => checkFragment(text, 'site')).to.throw(InvalidInputError, /^site must be 1 to 63 letters, digits or "-"/)
    })
  }

  it('counts a network name in bytes', () => {
    const longest = `${'a.'.repeat((MAX_NETWORK - 1) / 2)}a`

    expect(Buffer.byteLength(longest)).to.equal(MAX_NETWORK)
    expect(checkNetworkName(longest)).to.equal(longest)
    expect(() => checkNetworkName(`${longest}b`)).to.throw(InvalidInputError, /at most 253 bytes/)
    // fewer characters, more bytes
    expect(() => checkNetworkName(`${'界.'.repeat(70)}a`)).to.throw(InvalidInputError, /at most 253 bytes/)
  })

  for (const name of ['', '.', 'a..b', '.a', 'a.', 'a b', 'a_b.c']) {
    it(`refuses the network name ${JSON.stringify(name)}`, () => {
      expect(() => checkNetworkName(name)).to.throw(InvalidInputError, /^network must be fragments/)
    })
  }

  it('cuts and quotes what it names', () => {
    expect(() => checkFragment('x '.repeat(500), 'app')).to.throw(InvalidInputError, /…"$/)
  })
})
