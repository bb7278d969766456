import { expect } from 'aegir/chai'
import { loadCorpus } from './corpus.ts'
import { targets } from './targets/index.ts'
import { TARGETS } from './targets/names.ts'

describe('fuzz corpus', () => {
  it('has a target for each name', () => {
    expect(Object.keys(targets)).to.have.members(TARGETS)
  })

  for (const [name, target] of Object.entries(targets)) {
    it(`${name}: every kept input is taken or refused as documented`, async () => {
      const inputs = [...target.seeds, ...loadCorpus(name)]

      expect(inputs.length).to.be.greaterThan(10)

      for (const input of inputs) {
        await target.run(Uint8Array.from(input))
      }
    })
  }
})
