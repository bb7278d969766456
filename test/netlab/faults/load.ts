import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { account, accountForCancelled } from '../../faults/account.ts'
import { insist } from '../../faults/client.ts'
import { create } from '../../faults/creator.ts'
import { createLedger } from '../../faults/ledger.ts'
import { seeded } from '../../faults/random.ts'
import { work } from '../../faults/worker.ts'
import type { Client } from '../../faults/client.ts'
import type { Ledger } from '../../faults/ledger.ts'
import type { LabDaemon } from '../daemon.ts'

/** Longest pause of a creator and its largest body: a cable that loses a fifth carries a few kB in a second */
const PACE = 400
const LARGE = 30_000

/** Longest time for everything to arrive after the last fault, ms */
const SETTLE = 60_000

export interface Load {
  readonly ledger: Ledger
  /** ms until each of these has asked the other something new and was answered */
  converged (one: LabDaemon, other: LabDaemon): Promise<number>
  /** Ends it and holds the daemons to what they acknowledged; `ledger.violations` is what they broke */
  settle (): Promise<void>
  /** Ends it, whatever is open */
  stop (): void
}

/** The clients of the crash test at each site: one that asks and takes back, one that answers */
export async function startLoad (daemons: LabDaemon[], seed: number): Promise<Load> {
  const ledger = createLedger()
  const stopCreating = new AbortController()
  const stopWorking = new AbortController()
  const clients = async (name: string): Promise<Client[]> => Promise.all(daemons.map(async daemon => daemon.client(name)))
  const [creators, workers, probes] = [await clients('ask'), await clients('work'), await clients('probe')]
  // a client that gives up is a broken promise, too
  const note = (err: Error): void => { ledger.violations.push(err.message) }
  const working = workers.map(async (client, index) => work({ client, ledger, decisions: seeded(seed + 1_000 + index), signal: stopWorking.signal }).catch(note))
  const creating = creators.map(async (client, index) => create({
    client,
    workers: workers.map(worker => worker.app),
    ledger,
    decisions: seeded(seed + index + 1),
    signal: stopCreating.signal,
    pace: PACE,
    large: LARGE
  }).catch(note))
  const byApp = (list: Client[]): Map<string, Client> => new Map(list.map(client => [client.app, client]))

  /** A question that is answered; in the ledger like any other */
  const ask = async (from: LabDaemon, to: LabDaemon): Promise<void> => {
    const client = probes[daemons.indexOf(from)]
    const worker = workers[daemons.indexOf(to)]
    const id = randomUUID()
    const { status, text } = await insist(client, 'POST', '/v1/tasks', { id, from: client.app, to: [worker.app], body: id, ttl: '1h', failure_strategy: 'discard', metadata: null })

    if (status !== 201) {
      throw new Error(`a probe of ${client.app} was answered ${status} ${text}`)
    }

    ledger.tasks.set(id, { from: client.app, to: [worker.app], body: id })

    for (let answered = false; !answered;) {
      const reply = await insist(client, 'GET', `/v1/tasks/${id}/results?wait_count=1&wait_time=10s`)

      answered = reply.status < 300 && reply.text.includes('succeeded')
    }
  }

  return {
    ledger,

    async converged (one, other) {
      const started = performance.now()

      await Promise.all([ask(one, other), ask(other, one)])

      return performance.now() - started
    },

    async settle () {
      stopCreating.abort()
      await Promise.all(creating)
      await account(ledger, byApp([...creators, ...probes]), SETTLE)
      await accountForCancelled(ledger, byApp(creators), byApp(workers), SETTLE)
      ledger.healed = performance.now()
      // what is offered again after all was answered would show in these last polls
      await sleep(1_500)
      stopWorking.abort()
      await Promise.all(working)
    },

    stop () {
      stopCreating.abort()
      stopWorking.abort()
    }
  }
}
