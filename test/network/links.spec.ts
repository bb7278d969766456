import { expect } from 'aegir/chai'
import { TestNetwork, until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'
import type { Frame } from '../../src/protocols/control/pb/control.ts'

describe('links', () => {
  let network: TestNetwork

  beforeEach(async () => {
    network = await TestNetwork.found()
  })

  afterEach(async () => {
    await network.stop()
  })

  const linked = async (a: TestSite, b: TestSite): Promise<void> => {
    await until(() => a.network.links.isUp(b.id) && b.network.links.isUp(a.id), `${a.id} and ${b.id} are linked`)
  }

  it('come up by themselves after a join, and carry frames both ways in order', async () => {
    const { founder } = network
    const joined = await network.join('joined')
    await linked(founder, joined)

    const got: string[] = []
    const back: number[] = []
    joined.network.links.frames.subscribe(({ site, frame, done }) => {
      got.push(Buffer.from(frame.envelope).toString())
      expect(site).to.equal(founder.id)
      joined.network.links.send(site, { answer: { id: got.length, code: 0, body: new Uint8Array() } })
      done()
    })
    founder.network.links.frames.subscribe(({ frame, done }) => {
      back.push(frame.answer?.id ?? -1)
      done()
    })

    const sent = Array.from({ length: 2_000 }, (_, at) => `frame ${at}`)

    for (const text of sent) {
      expect(founder.network.links.send(joined.id, { envelope: new Uint8Array(Buffer.from(text)) } as Partial<Frame>)).to.equal(true)
    }

    await until(() => back.length === sent.length, 'all answers came')
    expect(got).to.deep.equal(sent)
    expect(back).to.deep.equal(sent.map((_, at) => at + 1))
  })
})
