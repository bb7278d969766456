import { expect } from 'aegir/chai'
import { Chain, keep } from './chain.ts'

const ENTRIES = 10_000

describe('the start with a long roster', () => {
  it('verifies no link of 10,000 again', async function () {
    this.timeout(60_000)
    const chain = await Chain.found()

    for (let site = 1; site < ENTRIES; site++) {
      await chain.admit(`s${site}`, 1_000 + site)
    }

    const { roster, reload, verifications } = await keep(chain, ENTRIES)
    expect(roster.head().seq).to.equal(ENTRIES - 1)

    const begin = performance.now()
    const again = await reload()
    const ms = performance.now() - begin
    // eslint-disable-next-line no-console
    console.info(`      ${ENTRIES} entries loaded in ${ms.toFixed(0)} ms`)

    expect(again.members()).to.have.lengthOf(ENTRIES - 1)
    expect(verifications()).to.equal(0)

    // what is new is verified, once, and nothing before it
    await chain.admit('late', 900)
    expect(await again.accept(chain.raws.slice(-20))).to.deep.equal({ kind: 'accepted', added: 1 })
    expect(verifications()).to.equal(1)
    expect(await again.accept(chain.raws.slice(-20))).to.deep.equal({ kind: 'accepted', added: 0 })
    expect(verifications()).to.equal(1)
  })
})
