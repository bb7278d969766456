import { expect } from 'aegir/chai'
import { beam, startDaemon, useTemporaryDirectory } from '../cli/support.ts'
import { Chain, keep } from './chain.ts'
import { enlarge } from './large.ts'

const ENTRIES = 10_000

/** Ready within this, ms; on a machine that has more to do, within so many times what a site of one member takes */
const READY = 2_000
const TIMES = 3

describe('the start with a long roster', () => {
  const path = useTemporaryDirectory()

  it('takes a real daemon less than two seconds, with 10,000 entries and as many records', async function () {
    this.timeout(120_000)

    for (const dir of ['small', 'large']) {
      await beam(['init', '--network', 'study', '--site', 'hub', '--dir', path(dir), '--recovery-file', path(`${dir}.key`), '--api-port', '0', '--listen', '/ip4/127.0.0.1/tcp/0', '--network-reachable', 'yes'])
    }

    await enlarge(path('large'), 'study', ENTRIES)
    const best: Record<string, number> = { small: Infinity, large: Infinity }

    for (let round = 0; round < 3 && best.large >= READY; round++) {
      for (const dir of ['small', 'large']) {
        const begin = performance.now()
        const { child, ended } = await startDaemon(path(dir))
        best[dir] = Math.min(best[dir], performance.now() - begin)
        child.kill('SIGTERM')
        await ended
      }
    }

    // eslint-disable-next-line no-console
    console.info(`      ready after ${best.large.toFixed(0)} ms, a site of one member after ${best.small.toFixed(0)} ms`)
    expect(best.large).to.be.lessThan(Math.max(READY, TIMES * best.small))
  })

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
