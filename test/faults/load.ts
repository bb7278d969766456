import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { account, accountForCancelled } from './account.ts'
import { insist } from './client.ts'
import { create } from './creator.ts'
import { createLedger } from './ledger.ts'
import { seeded } from './random.ts'
import { work } from './worker.ts'
import type { Client } from './client.ts'
import type { Ledger } from './ledger.ts'

/** Longest time for everything to arrive after the last fault, ms */
const SETTLE = 60_000

/** What is watched once all was answered: would something be offered again? ms */
const WATCH = 1_500

/** Where apps are: a daemon of any laboratory */
export interface LoadSite {
  /** An app of it, made when first named */
  client(name: string): Promise<Client>
}

export interface LoadInit {
  seed: number
  /** Longest pause of a creator between two tasks, ms */
  pace: number
  /** Bytes of the larger bodies */
  large: number
}

export interface Load<Site extends LoadSite> {
  readonly ledger: Ledger
  /** ms until each of these has asked the other something new and was answered */
  converged(one: Site, other: Site): Promise<number>
  /** One more task of the first for the second; resolves when it was acknowledged, whoever may have it by then */
  post(one: Site, other: Site): Promise<void>
  /** Ends it and holds the daemons to what they acknowledged; `ledger.violations` is what they broke */
  settle(): Promise<void>
  /** Ends it, whatever is open */
  stop(): void
}

/** The clients of the crash test at each site: one that asks and takes back, one that answers */
export async function startLoad<Site extends LoadSite> (sites: Site[], { seed, pace, large }: LoadInit): Promise<Load<Site>> {
  const ledger = createLedger()
  const stopCreating = new AbortController()
  const stopWorking = new AbortController()
  const clients = async (name: string): Promise<Client[]> => Promise.all(sites.map(async site => site.client(name)))
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
    pace,
    large
  }).catch(note))
  const byApp = (list: Client[]): Map<string, Client> => new Map(list.map(client => [client.app, client]))

  /** In the ledger like any other */
  const post = async (from: Site, to: Site): Promise<{ client: Client, id: string }> => {
    const client = probes[sites.indexOf(from)]
    const worker = workers[sites.indexOf(to)]
    const id = randomUUID()
    const { status, text } = await insist(client, 'POST', '/v1/tasks', { id, from: client.app, to: [worker.app], body: id, ttl: '1h', failure_strategy: 'discard', metadata: null })

    // 409: it was stored the first time, only the answer was lost
    if (status !== 201 && status !== 409) {
      throw new Error(`a probe of ${client.app} was answered ${status} ${text}`)
    }

    ledger.tasks.set(id, { from: client.app, to: [worker.app], body: id })

    return { client, id }
  }

  const ask = async (from: Site, to: Site): Promise<void> => {
    const { client, id } = await post(from, to)

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

    async post (one, other) {
      await post(one, other)
    },

    async settle () {
      stopCreating.abort()
      await Promise.all(creating)
      await account(ledger, byApp([...creators, ...probes]), SETTLE)
      await accountForCancelled(ledger, byApp(creators), byApp(workers), SETTLE)
      ledger.healed = performance.now()
      await sleep(WATCH)
      stopWorking.abort()
      await Promise.all(working)
    },

    stop () {
      stopCreating.abort()
      stopWorking.abort()
    }
  }
}
