import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { Teardown } from '../../src/core/teardown.ts'

describe('core: teardown', () => {
  let teardown: Teardown
  let done: string[]

  const step = (name: string) => () => { done.push(name) }

  beforeEach(() => {
    teardown = new Teardown(silentLog)
    done = []
  })

  it('does the steps in the reverse order, each once, whichever fails', async () => {
    teardown.add('lock', step('lock'), { guards: true })
    teardown.add('store', step('store'))
    teardown.add('bad', async () => { throw new Error('bad') })
    teardown.add('api', step('api'))
    await teardown.run(1_000)
    await teardown.run(1_000)
    expect(done).to.deep.equal(['api', 'store', 'lock'])
  })

  it('keeps a guard until a step that was late has ended', async () => {
    const closing = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()

    teardown.add('lock', () => {
      done.push('lock')
      released.resolve()
    }, { guards: true })
    teardown.add('store', async () => closing.promise)
    teardown.add('api', step('api'))

    const begin = performance.now()
    await teardown.run(100)
    expect(performance.now() - begin).to.be.lessThan(2_000)
    expect(done).to.deep.equal(['api'])

    closing.reject(new Error('late, and failed'))
    await released.promise
    expect(done).to.deep.equal(['api', 'lock'])
  })
})
