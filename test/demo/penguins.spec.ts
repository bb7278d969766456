import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect } from 'aegir/chai'
import { dataOf, ISLANDS, readAllRows, readRows } from '../../src/demo/penguins.ts'

describe('the demo\'s table', () => {
  it('holds 344 penguins, each island its own', async () => {
    const counts: Record<string, number> = {}

    for (const island of ISLANDS) {
      const rows = await readRows(island)
      counts[island] = rows.length
      expect(new Set(rows.map(row => row.island.toLowerCase()))).to.deep.equal(new Set([island]))
    }

    expect(counts).to.deep.equal({ torgersen: 52, biscoe: 168, dream: 124 })
    expect(await readAllRows()).to.have.lengthOf(344)
  })

  it('is what its source file says, to the byte', async () => {
    const source = await readFile(new URL('./SOURCE.md', `file://${dataOf('dream')}`), 'utf8')

    expect(source).to.include('Gorman').and.to.include('CC0')

    for (const island of ISLANDS) {
      const digest = createHash('sha256').update(await readFile(dataOf(island))).digest('hex')

      expect(source).to.include(`| \`${island}.csv\` | ${(await readRows(island)).length} | \`${digest}\` |`)
    }
  })

  it('has the published means', async () => {
    const rows = await readAllRows()
    const mass = rows.map(row => Number(row.body_mass_g)).filter(value => !Number.isNaN(value))

    // palmerpenguins: 342 weighed, mean body mass 4201.75 g
    expect(mass).to.have.lengthOf(342)
    expect(mass.reduce((sum, value) => sum + value, 0) / mass.length).to.be.closeTo(4201.754, 0.001)
  })
})
