import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'aegir/chai'
import { openCore } from '../../src/store/core.ts'
import { NEXT_ATTEMPT_SQL } from '../../src/store/reads/attempts.ts'
import { MAIL_SQL, UNMAILED_SQL } from '../../src/store/reads/mail.ts'
import { OUTBOX_SQL, SITES_SQL } from '../../src/store/reads/outbox.ts'
import { PAGE_SQL } from '../../src/store/reads/page.ts'
import { RECEIVED_SQL } from '../../src/store/reads/received.ts'
import { RESULTS_SQL } from '../../src/store/reads/results.ts'
import { FIND_SQL, LIST_SQL } from '../../src/store/reads/tasks.ts'
import { DUE_SQL, USAGE_SQL } from '../../src/store/reads/usage.ts'
import { OLDEST_REFUSALS_SQL } from '../../src/store/rows/received.ts'
import { UPLOADS_SQL } from '../../src/store/rows/upload.ts'
import { ANSWERED_SQL } from '../../src/store/transitions/answer-task.ts'
import { OLDEST_INBOUND_SQL } from '../../src/store/transitions/begin-inbound.ts'
import { DUE_ATTEMPTS_SQL } from '../../src/store/transitions/end-leases.ts'
import { EXPIRED_SQL } from '../../src/store/transitions/expire-step.ts'
import { PURGED_SQL } from '../../src/store/transitions/purge-step.ts'
import { NOW, arrival, creation, textBody } from './fixtures.ts'

/** What is asked often, and the indexes that must answer it */
const HOT: Record<string, { sql: string, indexes: string[] }> = {
  'to do of an app': { sql: LIST_SQL.todo, indexes: ['COVERING INDEX recipients_todo (recipient=? AND task>?)'] },
  'received by an app': { sql: LIST_SQL.recipient, indexes: ['COVERING INDEX recipients_listed (recipient=? AND task>?)'] },
  'created by an app': { sql: LIST_SQL.creator, indexes: ['COVERING INDEX tasks_sender (sender=? AND seq>?)'] },
  'created or received': { sql: LIST_SQL.both, indexes: ['COVERING INDEX tasks_sender (sender=? AND seq>?)', 'COVERING INDEX recipients_listed (recipient=? AND task>?)'] },
  'a page of what is to do': { sql: PAGE_SQL.open, indexes: ['COVERING INDEX recipients_todo (recipient=? AND task>? AND task<?)'] },
  'a page of what was received': { sql: PAGE_SQL.recipient, indexes: ['COVERING INDEX recipients_listed (recipient=? AND task>? AND task<?)'] },
  'a page of what was created': { sql: PAGE_SQL.creator, indexes: ['COVERING INDEX tasks_sender (sender=? AND seq>? AND seq<?)'] },
  'unused uploads of an app': { sql: UPLOADS_SQL, indexes: ['INDEX uploads_app (app=?)'] },
  'task by id': { sql: FIND_SQL, indexes: ['INDEX tasks_key (id=?)'] },
  'task that is answered': { sql: ANSWERED_SQL, indexes: ['INDEX tasks_key (id=?)'] },
  'results of a task': { sql: RESULTS_SQL, indexes: ['INDEX tasks_key (id=? AND creator=?)', 'INDEX results_key (task=?)'] },
  'outbox of a site': { sql: OUTBOX_SQL, indexes: ['INDEX outbox_queue (site=? AND'] },
  'mail of a recipient': { sql: MAIL_SQL, indexes: ['INDEX mail_recipient (recipient=? AND place>?)'] },
  'what keepers have not': { sql: UNMAILED_SQL, indexes: ['INDEX outbox_queue (site=? AND', 'PRIMARY KEY (envelope_id=?)'] },
  'seen before': { sql: RECEIVED_SQL, indexes: ['PRIMARY KEY (envelope_id=?)'] },
  'refusals of a site': { sql: OLDEST_REFUSALS_SQL, indexes: ['INDEX received_refused (site=?)'] },
  'transfers of a site': { sql: OLDEST_INBOUND_SQL, indexes: ['INDEX inbound_site (site=?)'] },
  'leases that end': { sql: DUE_ATTEMPTS_SQL, indexes: ['INDEX attempts_next (next'] },
  'first lease to end': { sql: NEXT_ATTEMPT_SQL, indexes: ['INDEX attempts_next'] },
  'expired tasks': { sql: EXPIRED_SQL, indexes: ['INDEX tasks_expiry (local_expires<?)'] },
  'purged tasks': { sql: PURGED_SQL, indexes: ['INDEX tasks_purge (local_expires<?)'] },
  'open tasks of a site': { sql: USAGE_SQL, indexes: ['PRIMARY KEY (creator=?)'] },
  'overdue tasks of a site': { sql: DUE_SQL, indexes: ['INDEX tasks_expiry (local_expires<?)'] }
}

function plan (db: DatabaseSync, sql: string): string[] {
  return db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(row => String(row.detail))
}

describe('store query plans', () => {
  let dir: string
  let file: string
  let db: DatabaseSync
  const planOf = (sql: string): string[] => plan(db, sql)
  const analyze = (): void => { db.exec('ANALYZE') }
  const forget = (): void => { db.exec('DROP TABLE sqlite_stat1') }

  before(async function () {
    this.timeout(120_000)
    dir = await mkdtemp(path.join(os.tmpdir(), 'beam-store-'))
    file = path.join(dir, 'beam.sqlite')
    const core = openCore({ path: file })

    core.transaction(() => {
      for (let i = 0; i < 50_000; i++) {
        core.createTask(creation({ from: 'other.s1.net' }))
        core.receiveTask(arrival({ to: ['other.s1.net'] }))
      }
    })
    core.receiveTask(arrival())
    core.createTask(creation())
    expect(core.counts({ now: NOW }).tasks).to.equal(100_002)
    core.close()
    db = new DatabaseSync(file)
  })

  after(async () => {
    db.close()
    await rm(dir, { recursive: true })
  })

  for (const [name, { sql, indexes }] of Object.entries(HOT)) {
    it(`${name}: by index alone, 100,000 tasks of another app or not`, () => {
      const steps = planOf(sql)

      for (const index of indexes) {
        expect(steps.some(step => step.startsWith('SEARCH') && step.includes(index)), `${index} in ${steps.join(' | ')}`).to.be.true()
      }

      // a scan of the numbers found so far is one of the answer, not of a table
      expect(steps.filter(step => step.startsWith('SCAN') && step !== 'SCAN n')).to.deep.equal([])
      expect(steps.filter(step => step.includes('TEMP B-TREE'))).to.deep.equal([])

      analyze()
      expect(planOf(sql), 'statistics change nothing').to.deep.equal(steps)
      forget()
    })
  }

  it('sites with something queued: from the index of the queue alone', () => {
    expect(planOf(SITES_SQL)).to.deep.equal(['SCAN outbox USING COVERING INDEX outbox_queue'])
  })

  it('polls touch the rows they hand out and no others', () => {
    const core = openCoreAgain()

    expect(core.listTasks({ app: 'worker.s1.net', todo: true, now: NOW, limit: 100 })).to.have.lengthOf(1)
    expect(core.listTasks({ app: 'asker.s1.net', todo: false, now: NOW, limit: 100 })).to.have.lengthOf(1)
    core.close()
    db = new DatabaseSync(file)
  })

  it('a page costs the same wherever it is among 100,000, for creator, recipient and both', () => {
    const core = openCoreAgain()

    for (const as of ['creator', 'recipient', undefined] as const) {
      const ask = (after: number): { ms: number, items: number, next?: number } => {
        const times: number[] = []
        let page: ReturnType<typeof core.pageTasks> | undefined

        for (let i = 0; i < 15; i++) {
          const begin = performance.now()
          page = core.pageTasks({ app: 'other.s1.net', as, after, now: NOW, limit: 100, maxBytes: 1_000_000 })
          times.push(performance.now() - begin)
        }

        // the shortest of many: what the machine does beside is not of interest
        return { ms: Math.min(...times), items: page?.items.length ?? 0, next: page?.next }
      }
      const first = ask(0)
      const late = ask(99_000)

      expect([first.items, late.items], String(as)).to.deep.equal([100, 100])
      expect(late.next).to.be.greaterThan(99_000)
      // walking over the 99,000 before it would cost hundreds of times as much
      expect(late.ms, `${as}: ${first.ms} ms at the beginning`).to.be.below(3 * first.ms + 1)
      expect(first.ms).to.be.below(100)
    }

    core.close()
    db = new DatabaseSync(file)
  })

  it('a page by state looks at so many answers and no more: it may be short, and the next goes on', () => {
    const core = openCore({ path: ':memory:' })
    const workers = Array.from({ length: 500 }, (_, i) => `w${i}.s1.net`)

    core.transaction(() => {
      for (let i = 0; i < 45; i++) {
        const input = creation({ to: workers }, { deliveries: [] })
        core.createTask(input)
        workers.forEach(from => core.putResult({ task: input.task, from, to: [input.task.from], status: 'succeeded', metadata: 'null', body: textBody(''), incarnation: 1, now: NOW }))
      }
    })

    for (const [state, found] of [['answered', 45], ['open', 0], ['claimed', 0]] as const) {
      const sizes: number[] = []
      let after: number | undefined = 0

      while (after != null) {
        const { items, next }: ReturnType<typeof core.pageTasks> = core.pageTasks({ app: 'asker.s1.net', as: 'creator', state, after, now: NOW, limit: 100, maxBytes: 1_000_000 })
        sizes.push(items.length)
        after = next
      }

      expect(sizes.length, state).to.equal(2)
      expect(sizes.reduce((sum, size) => sum + size), state).to.equal(found)
    }

    core.close()
  })

  function openCoreAgain (): ReturnType<typeof openCore> {
    db.close()

    return openCore({ path: file })
  }
})
