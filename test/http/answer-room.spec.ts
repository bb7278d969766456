import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'aegir/chai'
import { AnswerRoom, MAX_ANSWERING } from '../../src/http/answer-room.ts'
import type { ServerResponse } from 'node:http'

const MIB = 1_048_576

/** What the room looks at of a response */
class Response extends EventEmitter {
  destroyed = false

  end (): void {
    this.destroyed = true
    this.emit('close')
  }
}

describe('http: room for large answers', () => {
  let room: AnswerRoom
  let response: Response
  const ask = (bytes: number, of: Response = response): () => void => room.of(of as unknown as ServerResponse)(bytes)
  const stream = (bytes: number, signal = new AbortController().signal): { begun: boolean, give(): void } => {
    const turn = { begun: false, give: () => {} }
    void room.turn(bytes, signal).then((give) => { Object.assign(turn, { begun: true, give }) })

    return turn
  }

  beforeEach(() => {
    room = new AnswerRoom()
    response = new Response()
  })

  it('is shared by all answers and given back at their end, once', () => {
    const give = ask(MAX_ANSWERING - MIB)
    expect(() => ask(2 * MIB)).to.throw('too many large answers').with.property('code', 'LIMIT')
    give()
    give()
    expect(room.taken).to.equal(0)
    ask(2 * MIB)
    response.end()
    give()
    expect(room.taken, 'given back with the answer').to.equal(0)
    ask(MIB)
    expect(room.taken, 'who left takes nothing').to.equal(0)
  })

  it('does not count what is small, and one answer goes whatever its size', () => {
    ask(1_000)
    expect(room.taken).to.equal(0)
    ask(10 * MAX_ANSWERING)
    expect(() => ask(MIB)).to.throw('too many large answers')
  })

  it('lets a stream wait for its turn, in order, and answers stand behind it', async () => {
    const give = ask(MAX_ANSWERING - 4 * MIB)
    const [first, second] = [stream(6 * MIB), stream(2 * MIB)]
    await setImmediate()
    expect([first.begun, second.begun], 'nobody overtakes').to.deep.equal([false, false])
    expect(() => ask(3 * MIB), 'there is room, but the stream came first').to.throw('too many large answers')

    give()
    await setImmediate()
    expect([first.begun, second.begun]).to.deep.equal([true, true])
    first.give()
    second.give()
    expect(room.taken).to.equal(0)
  })

  it('forgets a stream whose reader leaves, before its turn and at it', async () => {
    const give = ask(MAX_ANSWERING)
    const left = new AbortController()
    const gone = stream(MIB, left.signal)
    const next = stream(MIB)
    left.abort()
    await setImmediate()
    expect(gone.begun, 'told, and has taken nothing').to.equal(true)

    give()
    await setImmediate()
    expect(next.begun).to.equal(true)
    gone.give()
    next.give()
    expect(room.taken).to.equal(0)
    expect(stream(MIB, AbortSignal.abort())).to.have.property('begun', false)
    await setImmediate()
    expect(room.taken).to.equal(0)
  })
})
