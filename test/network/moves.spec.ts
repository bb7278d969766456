import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { Moves } from '../../src/network/moves.ts'
import type { Clock } from '../../src/core/clock.ts'

describe('a machine that is carried elsewhere', () => {
  it('is noticed at the next look, once', () => {
    const due: Array<() => void> = []
    const clock = { setTimeout: (fn: () => void) => { due.push(fn); return { cancel: () => { due.length = 0 } } } } as unknown as Clock
    let addresses = ['192.0.2.7', '2001:db8::7']
    let moved = 0
    const moves = new Moves({ clock, log: silentLog, moved: () => { moved++ }, addresses: () => [...addresses] })
    const look = (): void => { due.splice(0).forEach(fn => { fn() }) }

    moves.start()
    look()
    addresses = addresses.toReversed()
    look()
    expect(moved).to.equal(0)
    addresses = ['198.51.100.7']
    look()
    look()
    expect(moved).to.equal(1)
    moves.stop()
    expect(due).to.deep.equal([])
  })
})
