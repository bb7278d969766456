import { expect } from 'aegir/chai'
import * as fc from 'fast-check'
import { openCore } from '../../src/store/core.ts'
import { NOW, OTHER, SELF, arrival, creation, newDelivery, textBody } from './fixtures.ts'
import type { StoreCore, TaskKey, WorkStatus } from '../../src/store/index.ts'

const IDS = ['a', 'b', 'c']
const APPS = ['one.s1.net', 'two.s1.net']

type Step =
  | { kind: 'create' | 'receive', id: string, to: string[], ttl: number }
  | { kind: 'put', id: string, creator: string, app: string, status: WorkStatus }
  | { kind: 'settle', park: boolean }
  | { kind: 'expire' | 'purge', limit: number }
  | { kind: 'wait', ms: number }

const id = fc.constantFrom(...IDS)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('create' as const, 'receive' as const), id, to: fc.uniqueArray(fc.constantFrom(...APPS, 'far.s2.net'), { minLength: 1 }), ttl: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant('put' as const), id, creator: fc.constantFrom(SELF, OTHER), app: fc.constantFrom(...APPS), status: fc.constantFrom<WorkStatus>('claimed', 'succeeded', 'tempfailed', 'permfailed') }),
  fc.record({ kind: fc.constant('settle' as const), park: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('expire' as const, 'purge' as const), limit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 10 }) })
)

function take (core: StoreCore, step: Step, now: number): void {
  switch (step.kind) {
    case 'create':
      core.createTask(creation({ id: step.id, to: step.to, from: APPS[0], created: now, expires: now + step.ttl }, { now, deliveries: step.to.includes('far.s2.net') ? [newDelivery(OTHER)] : [] }))
      break
    case 'receive':
      core.receiveTask(arrival({ id: step.id, to: step.to, expires: now + step.ttl }, { now }))
      break
    case 'put':
      core.putResult({ task: step, from: step.app, to: ['asker.s2.net'], status: step.status, metadata: 'null', body: textBody(step.status), incarnation: 1, delivery: step.creator === OTHER ? newDelivery(OTHER) : undefined, now })
      break
    case 'settle':
      for (const { envelopeId } of core.listOutbox({ site: OTHER, after: 0, limit: 1, now })) {
        core.settleDelivery({ envelopeId, site: OTHER, hash: envelopeId, outcome: 'delivered', now })
      }

      if (step.park) {
        core.parkDeliveries({ site: OTHER, reason: 'revoked', now })
      } else {
        core.unparkDeliveries({ site: OTHER, now })
      }

      break
    case 'expire':
      core.expireStep({ now, limit: step.limit })
      break
    case 'purge':
      core.purgeStep({ before: now - 5, now, limit: step.limit })
      break
    default:
      // the clock has moved already
  }
}

/** What lists and sums must say, told from each task by itself */
function check (core: StoreCore, now: number): void {
  const open = IDS.flatMap(id => core.findTasks({ id })).filter(task => task.localExpires > now).sort((a, b) => a.seq - b.seq)
  const answered = (task: TaskKey, app: string): boolean => ![undefined, 'tempfailed'].includes(core.getResult({ task, from: app })?.status)

  for (const app of APPS) {
    const filter = { app, now, limit: 100 }
    const seqs = (todo: boolean, as?: 'creator' | 'recipient'): number[] => core.listTasks({ ...filter, todo, as }).map(task => task.seq)
    const expected = (wanted: (task: typeof open[0]) => boolean): number[] => open.filter(wanted).map(task => task.seq)

    expect(seqs(true)).to.deep.equal(expected(task => task.to.includes(app) && !answered(task, app)))
    expect(seqs(false, 'recipient')).to.deep.equal(expected(task => task.to.includes(app)))
    expect(seqs(false, 'creator')).to.deep.equal(expected(task => task.from === app))
    expect(seqs(false)).to.deep.equal(expected(task => task.from === app || task.to.includes(app)))
  }

  for (const creator of [SELF, OTHER]) {
    const theirs = open.filter(task => task.creator === creator)

    expect(core.countOpen({ creator, now })).to.deep.equal({ tasks: theirs.length, bytes: theirs.reduce((sum, task) => sum + task.body.size, 0) })
  }

  const queue = core.listOutbox({ site: OTHER, after: 0, limit: 100, now })
  const sums = queue.length === 0 ? [] : [{ site: OTHER, count: queue.length, bytes: queue.reduce((sum, item) => sum + item.size, 0) }]

  expect(core.outboxSites({ now })).to.deep.equal(sums)
  expect(core.counts({ now })).to.include({ tasks: open.length, queued: queue.length })

  for (const item of queue) {
    const content = core.readOutbox(item)

    expect(content?.item).to.deep.equal(item)
    expect((content?.task ?? content?.result)?.body.size).to.equal(item.size)
  }
}

describe('store model', () => {
  it('keeps lists, sums and queues true to the tasks, whatever happens in whatever order', () => {
    fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const core = openCore({ path: ':memory:' })
      let now = NOW

      for (const next of steps) {
        now += next.kind === 'wait' ? next.ms : 0
        take(core, next, now)
        check(core, now)
      }

      core.close()
    }), { numRuns: 150 })
  })
})
