import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { checkCapability, checkPattern, matchCapability, mayAnnounce } from '../../src/membership/capabilities.ts'

/** Slow and obvious */
function reference (pattern: string, name: string): boolean {
  if (pattern === '') {
    return name === ''
  }

  if (pattern.startsWith('*')) {
    return reference(pattern.slice(1), name) || (name !== '' && reference(pattern, name.slice(1)))
  }

  return name !== '' && pattern[0] === name[0] && reference(pattern.slice(1), name.slice(1))
}

describe('capability patterns', () => {
  it('match as one reads them', () => {
    expect(matchCapability('penguins/mean', 'penguins/mean')).to.equal(true)
    expect(matchCapability('penguins/*', 'penguins/mean')).to.equal(true)
    expect(matchCapability('penguins/*', 'penguins/')).to.equal(true)
    expect(matchCapability('penguins/*', 'penguin/mean')).to.equal(false)
    expect(matchCapability('*', 'anything')).to.equal(true)
    expect(matchCapability('a*a', 'a')).to.equal(false)
    expect(matchCapability('.', 'x')).to.equal(false)
    expect(mayAnnounce(['x', 'y/*'], 'y/1')).to.equal(true)
    expect(mayAnnounce([], 'y/1')).to.equal(false)
  })

  it('match like the plain definition, for any pattern and name', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 10 })
    const names = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 })

    fc.assert(fc.property(letters, names, (pattern, name) => {
      expect(matchCapability(pattern, name)).to.equal(reference(pattern, name))
    }), { numRuns: 2_000 })
  })

  it('cost little, however nasty the pattern', () => {
    const begin = performance.now()

    for (let round = 0; round < 1_000; round++) {
      expect(matchCapability('*a'.repeat(60) + 'b', 'a'.repeat(128))).to.equal(false)
    }

    // backtracking would take longer than anyone can wait
    expect(performance.now() - begin).to.be.below(2_000)
  })

  it('have limits', () => {
    expect(matchCapability('*', 'a'.repeat(129))).to.equal(false)
    expect(() => checkPattern('a'.repeat(129))).to.throw(/1 to 128/)
    expect(() => checkPattern('a b')).to.throw(/capability pattern must be/)
    expect(() => checkPattern('')).to.throw(/1 to 128/)
    expect(() => checkCapability('a*')).to.throw(/capability must be/)
    expect(checkCapability('penguins/mean:1.0')).to.equal('penguins/mean:1.0')
  })
})
