import { expect } from 'aegir/chai'
import { account, accountForCancelled } from './account.ts'
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
  ledger.results.set(`${ID}/${WORK}`, { by: WORK, at: 0 })
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

    ledger.results.set(`${ID}/${WORK}`, { by: WORK, at: 0 })
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

    await work({ client, ledger, decisions: seeded(1), signal: stop.signal })
    expect(String(ledger.violations)).to.match(/was offered .* again/)
  })

  it('notices two final answers of one app that were both acknowledged', async () => {
    const ledger = createLedger()
    const stop = new AbortController()
    const client = saying(WORK, method => method === 'PUT'
      ? { status: 201, text: '', token: '1' }
      : { status: 200, text: JSON.stringify([{ id: ID, from: ASK, to: [WORK], body: '' }]) })
    const both = ['a', 'b'].map(async name => work({ client, ledger, decisions: seeded(1), name, signal: stop.signal }))

    setTimeout(() => { stop.abort() }, 30)
    await Promise.all(both)
    expect(String(ledger.violations)).to.match(/two acknowledged final answers, of a and of b/)
  })

  it('notices a 410 that nobody asked for, and a claim under a lease without a token', async () => {
    const ledger = createLedger()
    const offer = { status: 200, text: JSON.stringify([{ id: ID, from: ASK, to: [WORK], body: '' }]) }
    const once = async (status: number, name?: string): Promise<void> => {
      const stop = new AbortController()
      await work({
        client: saying(WORK, method => {
          stop.abort()

          return method === 'PUT' ? { status, text: '' } : offer
        }),
        ledger,
        decisions: seeded(1),
        name,
        signal: stop.signal
      })
    }

    await once(410)
    await once(201, 'a')
    expect(ledger.violations.map(line => line.replace(/^.*?(answered|was claimed)/, '$1'))).to.deep.equal(['answered 410 ', 'was claimed with a lease that has no token'])
  })

  it('notices a cancelled task that is still there, is answered, or is offered once everybody knows', async () => {
    const violations = async (task: number, late: number, results: () => string): Promise<string> => {
      const ledger = createLedger()

      ledger.tasks.set(ID, { from: ASK, to: [WORK], body: '' })
      ledger.cancels.set(ID, 0)
      await accountForCancelled(ledger, new Map([[ASK, saying(ASK, () => ({ status: 200, text: results() }))]]),
        new Map([[WORK, saying(WORK, method => ({ status: method === 'GET' ? task : late, text: '' }))]]), 50)

      return String(ledger.violations)
    }
    let reads = 0

    expect(await violations(410, 410, () => '[]')).to.equal('')
    expect(await violations(200, 410, () => '[]')).to.match(/is still at/)
    expect(await violations(410, 204, () => '[]')).to.match(/a late answer of .* got 204/)
    expect(await violations(410, 410, () => `[${reads++}]`)).to.match(/had an effect/)

    const ledger = createLedger()
    const stop = new AbortController()

    ledger.cancels.set(ID, 0)
    ledger.healed = 0
    await work({
      client: saying(WORK, () => {
        stop.abort()

        return { status: 200, text: JSON.stringify([{ id: ID, from: ASK, to: [WORK], body: '' }]) }
      }),
      ledger,
      decisions: seeded(1),
      signal: stop.signal
    })
    expect(String(ledger.violations)).to.match(/was offered .* after everybody knew that it was cancelled/)
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
