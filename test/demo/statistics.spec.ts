import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { renderFigures } from '../../src/demo/render-figures.ts'
import { agree, combine, pool } from '../../src/demo/statistics.ts'
import type { Groups } from '../../src/demo/statistics.ts'

const row = fc.record({
  species: fc.constantFrom('Adelie', 'Gentoo', 'Chinstrap'),
  mass: fc.oneof(fc.integer({ min: 2_000, max: 7_000 }).map(String), fc.constant('NA'))
})

function summarise (rows: Array<{ species: string, mass: string }>): Groups {
  const groups: Groups = {}

  for (const { species, mass } of rows) {
    const moments = (groups[species] ??= { mass: { n: 0, sum: 0, sumOfSquares: 0 } }).mass

    if (mass !== 'NA') {
      moments.n++
      moments.sum += Number(mass)
      moments.sumOfSquares += Number(mass) ** 2
    }
  }

  return groups
}

describe('figures of several sites', () => {
  it('are those of the pooled rows, however the rows are spread', () => {
    fc.assert(fc.property(fc.array(row, { minLength: 30, maxLength: 200 }), fc.infiniteStream(fc.nat({ max: 2 })), (rows, where) => {
      // two weighed penguins of each species at least, or there is no deviation
      const all = [...rows, ...['Adelie', 'Gentoo', 'Chinstrap'].flatMap(species => [{ species, mass: '3000' }, { species, mass: '4000' }])]
      const sites: Array<typeof all> = [[], [], []]

      for (const one of all) {
        sites[where.next().value as number].push(one)
      }

      expect(agree(combine(sites.map(summarise), ['mass']), pool(all, 'species', ['mass']))).to.equal(true)
    }))
  })

  it('disagree when one number is off', () => {
    const rows = [{ species: 'Adelie', mass: '3000' }, { species: 'Adelie', mass: '4000' }, { species: 'Adelie', mass: '4100' }]
    const combined = combine([summarise(rows)], ['mass'])

    for (const field of ['mean', 'sd'] as const) {
      expect(agree(combined.map(figure => ({ ...figure, [field]: figure[field] * (1 + 1e-8) })), pool(rows, 'species', ['mass']))).to.equal(false)
    }

    expect(agree(combined, pool(rows.slice(1), 'species', ['mass']))).to.equal(false)
    expect(agree([], [])).to.equal(false)
  })

  it('stand beside the pooled ones on the screen', () => {
    const rows = [{ species: 'Adelie', mass: '3000' }, { species: 'Adelie', mass: '4000' }]
    const table = renderFigures(combine([summarise(rows)], ['mass']), pool(rows, 'species', ['mass']))

    expect(table.split('\n')).to.have.lengthOf(3)
    expect(table.match(/3500\.000 ± 707\.107/g)).to.have.lengthOf(2)
  })
})
