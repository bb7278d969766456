import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../faults/disk/kit.ts'
import { expectStatus } from '../http.ts'
import { appAt, taskOf } from '../scenarios/app.ts'
import type { Figure } from './figure.ts'
import type { NetworkSites } from './sites.ts'
import type { LabDaemon } from '../../../src/lab/lab-daemon.ts'

/** Posted at a time */
const LANES = 32

/** Between two looks at a daemon's counts, ms */
const LOOK = 10

/** Longest wait for all mail of a round, ms */
const PATIENCE = 60_000

export interface MailInit {
  sites: NetworkSites
  rounds: number
  /** Envelopes in each round */
  count: number
  onProgress(line: string): void
}

/**
 * In each round: two is off, one posts so many tasks for it and leaves them with the hub; one
 * goes off, two comes and collects them. From the first to the last, as the daemons count.
 */
export async function mail ({ sites, rounds, count, onProgress }: MailInit): Promise<Figure[]> {
  const { one, two } = sites
  const deposits: number[] = []
  const collections: number[] = []

  await sites.apps(two, ['mail'])

  for (let round = 1; round <= rounds; round++) {
    await sites.linked()
    await two.kill('SIGTERM')
    const before = (await figures(one)).left
    const leaving = performance.now()
    const [deposited] = await Promise.all([
      rate(leaving, count, async () => (await figures(one)).left - before),
      post(one, `mail.${two.id}`, count)
    ])
    deposits.push(deposited)

    await one.kill('SIGTERM')
    const coming = performance.now()
    await two.start()
    collections.push(await rate(coming, count, async () => (await figures(two)).collected))

    if (round < rounds) {
      await one.start()
      // it learns that all of it arrived, so that the next round begins with nothing
      await eventually('the sender has every receipt', async () => (await one.operator.status()).queue.queued === 0, PATIENCE)
    }

    onProgress(`round ${round}/${rounds}: mail: ${deposits.at(-1)?.toFixed(0)} deposits/s, ${collections.at(-1)?.toFixed(0)} collected/s`)
  }

  return [
    { name: `mailbox: deposits of 1 KiB tasks, ${count} in a row`, unit: '/s', values: deposits },
    { name: `mailbox: collected by the recipient, ${count} in a row`, unit: '/s', values: collections }
  ]
}

async function figures ({ operator }: LabDaemon): Promise<{ left: number, collected: number }> {
  const { mail } = await operator.status()

  if (mail == null) {
    throw new Error('the daemon says nothing of mail')
  }

  return mail
}

async function post (site: LabDaemon, to: string, count: number): Promise<void> {
  const asking = appAt(site.view(), 'ask')
  let left = count

  await Promise.all(Array.from({ length: LANES }, async () => {
    while (left-- > 0) {
      expectStatus(await asking.http.call('POST', '/v1/tasks', taskOf(randomUUID(), asking.id, to)), 201)
    }
  }))
  asking.http.close()
}

/** A second, from the last look at which there was none, at the earliest `since`, until all are counted */
async function rate (since: number, count: number, counted: () => Promise<number>): Promise<number> {
  let begun = since

  for (const end = performance.now() + PATIENCE; ;) {
    const at = performance.now()
    const had = await counted()

    if (had >= count) {
      return count * 1_000 / (performance.now() - begun)
    }

    if (had === 0) {
      begun = at
    }

    if (at > end) {
      throw new Error(`${had} of ${count} within ${PATIENCE / 1_000} s`)
    }

    await sleep(LOOK)
  }
}
