import { setTimeout as sleep } from 'node:timers/promises'
import { startLab } from '../../src/lab/start-lab.ts'
import { account, accountForCancelled } from './account.ts'
import { createClient } from './client.ts'
import { create } from './creator.ts'
import { createLedger } from './ledger.ts'
import { seeded } from './random.ts'
import { work } from './worker.ts'
import type { Client } from './client.ts'

export interface CrashInit {
  /** How often a daemon is killed */
  cycles: number
  seed: number
  /** @default 3 */
  sites?: number
  /** Keeps the daemons' state and logs there */
  dir?: string
  /** What the daemons run. @default the sources */
  bin?: string
  /** One line for people */
  onProgress?(line: string): void
}

export interface CrashReport {
  seed: number
  cycles: number
  /** Tasks that a daemon acknowledged, results that a daemon acknowledged */
  tasks: number
  results: number
  /** Acknowledged cancels */
  cancels: number
  /** Claims of a task that another client held, answers under a lost lease, failed tries, answers to cancelled tasks */
  seen: { held: number, lost: number, failed: number, cancelled: number }
  /** Empty, or the daemons broke their word */
  violations: string[]
}

const NETWORK = 'crash'
const KEY = 'secret-of-the-crash-test'
/** At each site two that ask, one that answers alone, and one whose two clients share the work by leases */
const CREATORS = ['ask1', 'ask2']
const WORKERS = ['work1', 'shared']
const SHARED = 'shared.'

/** Longest time for everything to arrive after the last restart, ms */
const SETTLE = 60_000

/**
 * Kills daemons at random moments while apps at every site ask, cancel, claim with leases,
 * fail and answer, and holds the network to what it acknowledged: nothing lost, nothing
 * done twice, nothing effective for a task that was taken back or a lease that was lost.
 */
export async function runCrash ({ cycles, seed, sites: count = 3, dir, bin, onProgress = () => {} }: CrashInit): Promise<CrashReport> {
  const decisions = seeded(seed)
  const ledger = createLedger()
  const names = Array.from({ length: count }, (_, index) => `site${index + 1}`)
  const lab = await startLab({
    network: NETWORK,
    sites: names.map(name => ({ name, apiPort: 0 })),
    apps: [...CREATORS, ...WORKERS].map(name => ({ name, key: KEY })),
    dir,
    bin
  })

  try {
    const clientsOf = (apps: string[]): Client[] => lab.sites.flatMap(site => apps.map(app => createClient(site.api, `${app}.${site.id}`, KEY)))
    const creators = clientsOf(CREATORS)
    const workers = clientsOf(WORKERS)
    const stopCreating = new AbortController()
    const stopWorking = new AbortController()
    // a client that gives up is a broken promise, too
    const note = (err: Error): void => { ledger.violations.push(err.message) }
    const working = workers.flatMap(client => client.app.startsWith(SHARED) ? ['a', 'b'].map(name => ({ client, name: `${client.app} ${name}` })) : [{ client }])
      .map(async (who, index) => work({ ...who, ledger, decisions: seeded(seed + 1_000 + index), signal: stopWorking.signal }).catch(note))
    const creating = creators.map(async (client, index) => create({
      client,
      workers: workers.map(worker => worker.app),
      ledger,
      decisions: seeded(seed + index + 1),
      signal: stopCreating.signal
    }).catch(note))

    for (let cycle = 1; cycle <= cycles; cycle++) {
      const victim = decisions.pick(lab.sites).id
      const after = decisions.between(50, 1_500)
      const pause = decisions.between(0, 700)

      await sleep(after)
      await lab.kill(victim, 'SIGKILL')
      await sleep(pause)
      await lab.restart(victim)
      onProgress(`cycle ${cycle}/${cycles}: ${victim} killed after ${after} ms, off for ${pause} ms; ${ledger.tasks.size} tasks and ${ledger.results.size} results acknowledged`)
    }

    await sleep(500)
    stopCreating.abort()
    await Promise.all(creating)
    onProgress(`accounting for ${ledger.tasks.size} tasks`)
    const byApp = (clients: Client[]): Map<string, Client> => new Map(clients.map(client => [client.app, client]))
    await account(ledger, byApp(creators), SETTLE)
    await accountForCancelled(ledger, byApp(creators), byApp(workers), SETTLE)
    ledger.healed = performance.now()
    // what is offered again after all was answered would show in these last polls
    await sleep(1_500)
    stopWorking.abort()
    await Promise.all(working)

    return { seed, cycles, tasks: ledger.tasks.size, results: ledger.results.size, cancels: [...ledger.cancels.values()].filter(at => at != null).length, seen: ledger.seen, violations: ledger.violations }
  } finally {
    await lab.stop()
  }
}
