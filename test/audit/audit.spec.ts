import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'aegir/chai'
import { createAudit } from '../../src/audit/create-audit.ts'
import { signChain } from '../../src/audit/sign.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { MAX_A_MINUTE } from '../../src/store/rows/audit.ts'
import { bytes, creation, NOW, OTHER, textBody } from '../store/fixtures.ts'
import { arrive, deliver, exported, site, verify } from './kit.ts'
import type { Site } from './kit.ts'

const KEEP = { now: NOW, eventsBefore: 0, maxEvents: 1_000, auditBefore: 0, maxEntries: 1_000_000, limit: 1_000 }

describe('audit log', () => {
  let own: Site

  beforeEach(async () => { own = await site() })
  afterEach(() => { own.core.close() })

  const entries = (): Array<Record<string, any>> => own.core.listAudit({ after: 0, limit: 10_000, maxBytes: 10_000_000 }).map(({ entry }) => JSON.parse(entry))
  const kinds = (): string[] => entries().map(({ kind }) => kind)

  it('tells memberships, keys, tasks and answers with names and hashes, never bodies or metadata', async () => {
    const { core } = own
    core.addApp({ name: 'worker', scheme: 'sha256', salt: bytes(16), hash: bytes(32), created: NOW })
    core.replaceAppKey({ name: 'worker', scheme: 'sha256', salt: bytes(16), hash: bytes(32), created: NOW })
    core.removeApp({ name: 'worker' })
    core.removeApp({ name: 'worker' })
    core.putRecord({ site: OTHER, sequence: 1, record: bytes(10) })
    core.putRecord({ site: OTHER, sequence: 1, record: bytes(10) })
    const input = creation({ metadata: '"secret"', to: ['worker.s1.net'] }, { body: textBody('secret'), deliveries: [] })
    core.createTask(input)
    core.putResult({ task: input.task, from: 'worker.s1.net', to: [input.task.from], status: 'succeeded', metadata: '"secret"', body: textBody('secret'), incarnation: 1, now: NOW })
    core.noteFact({ kind: 'decision', subject: 'north', action: 'join', allowed: false, reason: 'no ticket', at: NOW })

    expect(kinds()).to.deep.equal(['roster-appended', 'app-added', 'app-key-rotated', 'app-removed', 'record-kept', 'task-created', 'result-put', 'decision'])
    expect(JSON.stringify(await exported(own))).to.not.include('secret')
    expect(await verify(await exported(own))).to.include({ ok: true, first: 1, last: 8, signed: 8 })
  })

  it('keeps the signed receipts that settled an envelope, each batch once', async () => {
    const signed = await deliver(own)

    expect(kinds().slice(-3)).to.deep.equal(['receipts', 'envelope-settled', 'envelope-settled'])
    expect(entries().slice(-2).map(({ receipts }) => receipts)).to.deep.equal([4, 4])
    expect(own.core.listAudit({ after: 3, limit: 1, maxBytes: 1 })[0].evidence).to.deep.equal(signed)
    expect(await verify(await exported(own))).to.include({ ok: true, receipts: 1, signed: 6 })
  })

  it('judges a value of any other type, in any place, without a stumble', async () => {
    await deliver(own)
    const lines = await exported(own)
    const values = [{ toString: 1, valueOf: 1 }, [], null, true, '', -1, 1.5]
    let judged = 0

    for (const [at, line] of lines.entries()) {
      for (const field of Object.keys(JSON.parse(line))) {
        for (const value of values) {
          const changed = [...lines]
          changed[at] = JSON.stringify({ ...JSON.parse(line), [field]: value })
          // a header that is none is no audit log at all; the place of a roster entry is said for people only
          const report = await verify(changed).catch((err: Error) => err)

          if (report instanceof Error) {
            expect([report.name, at], report.message).to.deep.equal(['InvalidInputError', 0])
          } else if (field !== 'seq' && field !== 'evidence') {
            expect(report.ok, `${line} with ${field} ${JSON.stringify(value)}`).to.be.false()
          }

          judged++
        }
      }
    }

    expect(judged).to.be.greaterThan(100)
  })

  it('finds receipts that their signer did not sign, and entries that no receipt bears out', async () => {
    await deliver(own, 99)
    expect((await verify(await exported(own))).problem).to.deep.include({ n: 4 })

    own = await site()
    const receipts = await deliver(own)
    const input = creation()
    own.core.createTask(input)
    own.core.settleDelivery({ envelopeId: input.deliveries[0].envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now: NOW, receipts })
    expect((await verify(await exported(own))).problem).to.deep.equal({ n: 8, what: 'no receipt says what the entry says' })
  })

  it('finds an answer of a site that no receipts stand before, or those of a batch that is not the one before', async () => {
    const input = creation()
    const settled = async (receipts?: Uint8Array): Promise<string | undefined> => {
      const { deliveries: [{ envelopeId }] } = input
      own.core.createTask(input)
      own.core.settleDelivery({ envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now: NOW, receipts })

      return (await verify(await exported(own))).problem?.what
    }
    expect(await settled()).to.equal('the entry does not name the receipts of its site that stand before it')

    own = await site()
    await deliver(own)
    input.task.id = randomUUID()
    expect(await settled(), 'receipts of another answer stand before it').to.equal('the entry does not name the receipts of its site that stand before it')
  })

  it('is written with what it tells or not at all, without a hole', async () => {
    expect(() => own.core.transaction(() => {
      arrive(own, 2)
      throw new Error('rolled back')
    })).to.throw('rolled back')
    arrive(own, 1)

    expect(kinds()).to.deep.equal(['roster-appended', 'task-received'])
    expect(await verify(await exported(own))).to.include({ ok: true, last: 2 })
  })

  describe('finds what was tampered with', () => {
    let lines: string[]
    let at: number[]

    beforeEach(async () => {
      arrive(own, 4)
      await signChain({ store: own.store, membership: own.membership, clock: own.clock as any })
      arrive(own, 4)
      lines = await exported(own)
      at = lines.flatMap((line, i) => JSON.parse(line).kind === 'entry' ? [i] : [])
      expect((await verify(lines)).ok).to.equal(true)
    })

    const problem = async (change: (lines: string[]) => string[]): Promise<unknown> => {
      const report = await verify(change([...lines]))
      expect(report.ok).to.equal(false)

      return report.problem?.n
    }
    const edit = (index: number, change: (line: any) => void) => (lines: string[]): string[] => {
      const line = JSON.parse(lines[index])
      change(line)

      return lines.with(index, JSON.stringify(line))
    }

    it('a changed entry', async () => {
      expect(await problem(edit(at[2], line => { line.entry = line.entry.replace('asker', 'other') }))).to.equal(3)
    })

    it('a changed entry whose hash was made anew', async () => {
      const { auditHash } = await import('../../src/store/rows/audit.ts')
      expect(await problem(edit(at[2], line => {
        line.entry = line.entry.replace('asker', 'other')
        line.hash = Buffer.from(auditHash(Buffer.from(JSON.parse(lines[at[1]]).hash, 'hex'), 3, line.entry)).toString('hex')
      }))).to.equal(4)
    })

    it('a removed entry', async () => {
      expect(await problem(lines => lines.toSpliced(at[5], 1))).to.equal(6)
    })

    it('two in another order', async () => {
      expect(await problem(lines => lines.with(at[6], lines[at[7]]).with(at[7], lines[at[6]]))).to.equal(7)
    })

    it('an end that was cut off, with its last line and without', async () => {
      expect(await problem(lines => lines.filter((line, i) => i !== at[7] && i !== at[8]))).to.equal(8)
      expect(await problem(lines => lines.slice(0, at[3]))).to.equal(3)
    })

    it('a signature of another key, or over something else', async () => {
      const checkpoint = lines.findIndex(line => JSON.parse(line).kind === 'checkpoint')
      expect(await problem(edit(checkpoint, line => { line.key = 'ab'.repeat(32) }))).to.equal(5)
      expect(await problem(edit(checkpoint, line => { line.at++ }))).to.equal(5)
    })

    it('a beginning that was cut off', async () => {
      expect(await problem(lines => lines.toSpliced(at[0], 2))).to.equal(1)
    })

    it('a roster that was forged, lines after the end, and no log at all', async () => {
      const roster = lines.findIndex(line => JSON.parse(line).kind === 'roster')
      expect(await problem(lines => lines.toSpliced(roster + 1, 1))).to.equal(undefined)
      expect(await problem(lines => [...lines, lines[at[0]]])).to.equal(undefined)
      expect(await problem(lines => lines.with(3, 'x'))).to.equal(undefined)
      await expect(verify([])).to.be.rejectedWith('audit log is empty')
      await expect(verify(['{}'])).to.be.rejectedWith('must begin with a line of the kind "audit"')
    })
  })

  it('finds what was changed in the database itself', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'beam-audit-'))

    try {
      const path = join(dir, 'beam.sqlite')
      const first = await site(path)
      arrive(first, 5)
      await exported(first)
      first.core.close()
      const db = new DatabaseSync(path)
      db.exec('DELETE FROM audit WHERE n > 4')
      db.close()
      const second = await site(path)
      expect((await verify(await exported(second))).problem).to.deep.equal({ n: 5, what: 'entries 5 to 6 are missing, which the site signed' })
      second.core.close()
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('goes on after a restart, and says when it goes on from a backup', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'beam-audit-'))

    try {
      const path = join(dir, 'beam.sqlite')
      const first = await site(path)
      arrive(first, 1)
      first.core.close()
      const second = await site(path)
      second.core.takeNewLife({ now: NOW, compareRoster: false })
      arrive(second, 1)
      const lines = await exported(second)
      expect(await verify(lines)).to.include({ ok: true, last: 4 })
      expect(lines.some(line => JSON.parse(line).kind === 'entry' && JSON.parse(JSON.parse(line).entry).kind === 'restored')).to.equal(true)
      second.core.close()
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('forgets up to a signature, and what is left verifies', async () => {
    const sign = async (): Promise<unknown> => signChain({ store: own.store, membership: own.membership, clock: own.clock as any })
    arrive(own, 3)
    await sign()
    arrive(own, 3)
    await sign()
    arrive(own, 3)

    expect(own.core.purgeJournal(KEEP)).to.equal(false)
    expect(own.core.purgeJournal({ ...KEEP, maxEntries: 8 })).to.equal(true)
    expect(own.core.purgeJournal({ ...KEEP, maxEntries: 8 })).to.equal(false)
    expect(await verify(await exported(own, false))).to.include({ ok: true, first: 5, last: 10, signed: 7 })

    while (own.core.purgeJournal({ ...KEEP, auditBefore: NOW })) {
      // step by step
    }

    // nobody signed the last three: they stay
    expect(await verify(await exported(own, false))).to.include({ ok: true, first: 8, last: 10, signed: 7 })
    await sign()
    own.core.purgeJournal({ ...KEEP, auditBefore: NOW })
    expect(await verify(await exported(own))).to.include({ ok: true, first: 0, last: 10 })
    arrive(own, 1)
    expect(await verify(await exported(own))).to.include({ ok: true, first: 11, last: 11 })
  })

  it('does not let one site fill it with what is refused', () => {
    const refuse = (now: number, site = OTHER): void => { own.core.recordRefusal({ envelopeId: bytes(16), envelopeHash: bytes(32), site, reason: 'not-allowed', dedupUntil: NOW, now }) }

    for (let i = 0; i < MAX_A_MINUTE + 40; i++) {
      refuse(NOW + i)
    }

    refuse(NOW, 's3.net')
    refuse(NOW + 60_000)
    expect(kinds().filter(kind => kind === 'envelope-refused')).to.have.length(MAX_A_MINUTE + 2)
    expect(entries().find(({ kind }) => kind === 'not-listed')).to.include({ of: 'envelope-refused', site: OTHER, count: 40 })
  })

  it('is signed soon after it grew, at once after many entries, and when the daemon stops', async () => {
    const audit = createAudit({ ...own, clock: systemClock, log: silentLog, config: { audit: { keep: 1e12, maxEntries: 1e9 } } })
    const signed = (): number => own.core.auditHead({}).signed
    audit.start()
    await own.store.touchClock({ now: NOW })
    arrive(own, 1_100)
    await own.store.touchClock({ now: NOW + 1 })
    await new Promise(resolve => { setTimeout(resolve, 100) })
    expect(signed()).to.equal(1_101)
    arrive(own, 1)
    await own.store.touchClock({ now: NOW + 2 })
    await new Promise(resolve => { setTimeout(resolve, 1_300) })
    expect(signed()).to.equal(1_102)
    arrive(own, 1)
    await audit.stop()
    expect(signed()).to.equal(1_103)
  })
})
