import { expect } from 'aegir/chai'
import { Emitter } from '../../src/core/bus.ts'

describe('event bus', () => {
  it('lets every listener hear, also behind one that throws, whose error still comes out', () => {
    const emitter = new Emitter<number>()
    const heard: string[] = []
    expect(emitter.heard).to.equal(false)
    emitter.subscribe((value) => { heard.push(`first ${value}`) })
    const end = emitter.subscribe(() => { throw new Error('broken') })
    emitter.subscribe((value) => { heard.push(`last ${value}`) })
    expect(() => { emitter.emit(1) }).to.throw('broken')
    expect(heard).to.deep.equal(['first 1', 'last 1'])

    emitter.subscribe(() => { throw new Error('too') })
    expect(() => { emitter.emit(2) }).to.throw(AggregateError)
    expect(heard).to.deep.equal(['first 1', 'last 1', 'first 2', 'last 2'])
    end()
    expect(() => { emitter.emit(3) }).to.throw('too')
    expect(emitter.heard).to.equal(true)
  })
})
