import { expect } from 'aegir/chai'
import { createEventBus } from '../../src/events/create-bus.ts'
import { resultsOf, taskId, tasksOf } from '../../src/events/index.ts'
import type { Event } from '../../src/events/index.ts'

const task = { creator: 'a.net', id: '00000000-0000-4000-8000-000000000001' }
const purged: Event = { kind: 'purged', task }

describe('events: bus', () => {
  it('wakes those who wait for the key and nobody else', () => {
    const bus = createEventBus()
    const woken: string[] = []
    bus.subscribe(tasksOf('x.a.net'), () => woken.push('x'))
    bus.subscribe(tasksOf('y.a.net'), () => woken.push('y'))
    bus.emit(tasksOf('x.a.net'), purged)

    expect(woken).to.deep.equal(['x'])
  })

  it('keeps the three kinds of keys apart', () => {
    expect(new Set([tasksOf(task.id), taskId(task.id), resultsOf(task)]).size).to.equal(3)
    expect(resultsOf(task)).to.not.equal(resultsOf({ ...task, creator: 'b.net' }))
  })

  it('forgets a key when the last waiter leaves, and counts the waiters', () => {
    const bus = createEventBus()
    const end = bus.subscribe('k', () => {})
    const other = bus.subscribe('k', () => {})
    expect(bus.size).to.equal(2)
    end()
    end()
    expect(bus.size).to.equal(1)
    other()
    expect(bus.size).to.equal(0)
  })

  it('lets a listener leave while it is woken, without skipping the others', () => {
    const bus = createEventBus()
    let second = 0
    const end = bus.subscribe('k', () => { end() })
    bus.subscribe('k', () => { second++ })
    bus.emit('k', purged)
    bus.emit('k', purged)

    expect(second).to.equal(2)
    expect(bus.size).to.equal(1)
  })

  it('refuses more waiters than its limit', () => {
    const bus = createEventBus({ maxWaiters: 1 })
    bus.subscribe('k', () => {})

    expect(() => bus.subscribe('l', () => {})).to.throw('1 requests wait already').with.property('code', 'LIMIT')
  })

  it('wakes every waiter once when it drains and takes no new ones', () => {
    const bus = createEventBus()
    const kinds: string[] = []
    bus.subscribe('k', (event) => kinds.push(`k ${event.kind}`))
    bus.subscribe('l', (event) => kinds.push(`l ${event.kind}`))
    bus.drain()
    bus.drain()

    expect(kinds).to.have.members(['k drain', 'l drain'])
    expect(bus.draining).to.be.true()
    expect(() => bus.subscribe('m', () => {})).to.throw('stopping').with.property('code', 'UNAVAILABLE')
  })
})
