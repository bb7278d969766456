import { expect } from 'aegir/chai'
import { account } from './account.ts'
import { answerTo, createLedger } from './ledger.ts'
import { seeded } from './random.ts'
import { work } from './worker.ts'
import type { Client, Reply } from './client.ts'
import type { Ledger } from './ledger.ts'

const ASK = 'ask.a.net'
const WORK = 'work.b.net'
const ID = '6d1a5b3e-7a55-4f3e-9d2c-0a6f7d1e2b3c'

/** A daemon that gives one answer to everything */
function saying (app: string, reply: (method: string, path: string, body?: object) => Reply): Client {
  return { app, call: async (method, path, body) => reply(method, path, body) }
}

async function violationsWith (results: object[], status = 200): Promise<string[]> {
  const ledger: Ledger = createLedger()

  ledger.tasks.set(ID, { from: ASK, to: [WORK], body: 'how many?' })
  ledger.results.add(`${ID}/${WORK}`)
  await account(ledger, new Map([[ASK, saying(ASK, () => ({ status, text: JSON.stringify(results) }))]]), 50)

  return ledger.violations
}

describe('the accounting of the crash test', () => {
  const good = { from: WORK, status: 'succeeded', body: answerTo(ID, WORK, 'how many?') }

  it('is content with the right answer', async () => {
    expect(await violationsWith([good])).to.deep.equal([])
  })

  it('notices what is lost, doubled, mixed up or overwritten by something older', async () => {
    expect(String(await violationsWith([]))).to.match(/work\.b\.net has no result/)
    expect(String(await violationsWith([good, good]))).to.match(/two results of one app/)
    expect(String(await violationsWith([{ ...good, body: answerTo(ID, WORK, 'cut off') }]))).to.match(/not the one to this task/)
    expect(String(await violationsWith([{ ...good, status: 'claimed' }]))).to.match(/work\.b\.net has claimed/)
    expect(String(await violationsWith([good], 404))).to.match(/answered 404/)
  })

  it('notices an answer to a task that nobody was told of', async () => {
    const ledger = createLedger()

    ledger.results.add(`${ID}/${WORK}`)
    await account(ledger, new Map(), 50)
    expect(String(ledger.violations)).to.match(/nobody was told that this task exists/)
  })

  it('notices a task that is offered again after its answer was acknowledged', async () => {
    const ledger = createLedger()
    const stop = new AbortController()
    let polls = 0
    const client = saying(WORK, method => {
      if (method === 'PUT') {
        return { status: 201, text: '' }
      }

      if (++polls === 2) {
        stop.abort()
      }

      return { status: 200, text: JSON.stringify([{ id: ID, from: ASK, to: [WORK], body: '' }]) }
    })

    await work({ client, ledger, signal: stop.signal })
    expect(String(ledger.violations)).to.match(/was offered .* again/)
  })

  it('decides alike for one seed', () => {
    const run = (seed: number): number[] => {
      const source = seeded(seed)

      return Array.from({ length: 20 }, () => source.between(1, 1_000))
    }

    expect(run(7)).to.deep.equal(run(7))
    expect(run(7)).to.not.deep.equal(run(8))
    expect(run(7).every(value => value >= 1 && value <= 1_000)).to.equal(true)
  })
})
