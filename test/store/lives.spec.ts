import { expect } from 'aegir/chai'
import { openCore } from '../../src/store/core.ts'
import { arrival, newDelivery, NOW, OTHER, textBody } from './fixtures.ts'

describe('lives of a store', () => {
  it('give other tokens of leases, also when they begin from the same backup', () => {
    // the same backup each time: an empty one
    const tokens = [NOW, NOW + 1_000].map((now) => {
      const core = openCore({ path: ':memory:' })
      const input = arrival()
      core.takeNewLife({ now, compareRoster: false })
      core.receiveTask(input)
      const claim = core.putResult({ task: { creator: input.task.creator, id: input.task.id }, from: 'worker.s1.net', to: [input.task.from], status: 'claimed', metadata: 'null', body: textBody(''), incarnation: 1, delivery: newDelivery(OTHER), lease: 1_000, now: NOW })
      core.close()

      return (claim as { token: number }).token
    })

    expect(tokens[1] - tokens[0], 'what the first may have given in that second').to.be.above(90_000)
    expect(String(tokens[1])).to.have.length.below(16)
  })
})
