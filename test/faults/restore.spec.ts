import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { restoreSite } from '../../src/control/backup/restore-site.ts'
import { controlClient } from '../../src/control/client.ts'
import { joinSite } from '../../src/control/join-site.ts'
import { startLab } from '../../src/lab/index.ts'
import { APPS, answer, app, ask, eventually, siteOf, todo } from './disk/kit.ts'
import type { Client } from './client.ts'
import type { RestoreView } from '../../src/control/backup/restore-site.ts'
import type { Lab } from '../../src/lab/index.ts'

describe('a site restored from a backup', () => {
  let lab: Lab
  let dir: string

  before(async function () {
    this.timeout(120_000)
    dir = mkdtempSync(join(tmpdir(), 'beam-restore-'))
    lab = await startLab({ network: 'again', sites: [{ name: 'one', apiPort: 0 }, { name: 'two', apiPort: 0 }, { name: 'three', apiPort: 0 }], apps: APPS })
  })

  after(async function () {
    this.timeout(60_000)
    await lab?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  const at = (index: number): ReturnType<typeof controlClient> => controlClient(siteOf(lab, index).dir)
  const client = (index: number, name: 'asker' | 'worker'): Client => app(siteOf(lab, index), name)
  const results = async (from: Client, id: string): Promise<Array<{ status: string, body: string }>> => {
    const reply = await from.call('GET', `/v1/tasks/${id}/results`)

    return reply == null || reply.status >= 300 ? [] : JSON.parse(reply.text)
  }
  const waits = async (index: number, id: string): Promise<boolean> => (await todo(client(index, 'worker'))).includes(id)
  const linked = async (index: number, other: number): Promise<void> => eventually('a link', async () => (await at(index).status()).peers.up.includes(siteOf(lab, other).id))

  async function kill (index: number): Promise<void> {
    await lab.kill(siteOf(lab, index).id, 'SIGKILL')
  }

  async function restore (index: number, file: string, alone = false): Promise<RestoreView> {
    return restoreSite({ file, dir: siteOf(lab, index).dir, force: true, alone, now: Date.now() })
  }

  it('gets again what it had acknowledged and forgot, and nothing has effect twice', async function () {
    this.timeout(180_000)
    const worker = `worker.${siteOf(lab, 1).id}`
    const before = await ask(client(0, 'asker'), [worker])
    const mine = await ask(client(1, 'asker'), [`worker.${siteOf(lab, 0).id}`])
    await eventually('the tasks on both sides', async () => await waits(1, before.id) && await waits(0, mine.id))

    const file = join(dir, 'two.beam')
    const backup = await at(1).backup({ file })
    expect(backup).to.include({ file, site: siteOf(lab, 1).id, bytes: statSync(file).size })
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    await expect(at(1).backup({ file })).to.eventually.be.rejectedWith(/never overwritten/)

    // what happens now is not in the backup
    const later = await Promise.all(Array.from({ length: 20 }, async () => ask(client(0, 'asker'), [worker])))
    const large = await ask(client(0, 'asker'), [worker], { body: 'z'.repeat(300_000) })
    const answered = await ask(client(0, 'asker'), [worker])
    const shared = await ask(client(0, 'asker'), [worker, `worker.${siteOf(lab, 2).id}`])
    await eventually('tasks after the backup', async () => {
      const ids = await todo(client(1, 'worker'))

      return [...later, large, answered, shared].every(({ id }) => ids.includes(id))
    })
    expect((await answer(client(1, 'worker'), answered.id, `asker.${siteOf(lab, 0).id}`, 'succeeded', 'done'))?.status).to.equal(201)
    expect((await answer(client(0, 'worker'), mine.id, `asker.${siteOf(lab, 1).id}`, 'succeeded', 'from one'))?.status).to.equal(201)
    await eventually('both answers', async () => (await results(client(0, 'asker'), answered.id)).length === 1 && (await results(client(1, 'asker'), mine.id)).length === 1)

    await kill(1)
    const restored = await restore(1, file)
    expect(restored.incarnation).to.be.above(Date.now() - 60_000)
    expect(restored.aside).to.include('before-restore')
    expect(restored.compareRoster).to.be.false()
    await lab.restart(siteOf(lab, 1).id)

    await eventually('all that was acknowledged and unanswered', async () => {
      const ids = await todo(client(1, 'worker'))

      return [before, ...later, large, shared].every(({ id }) => ids.includes(id))
    })
    await eventually('the result that came after the backup', async () => (await results(client(1, 'asker'), mine.id))[0]?.body === 'from one')
    // answered for good: its creator does not ask again
    expect(await waits(1, answered.id)).to.be.false()
    expect(await results(client(0, 'asker'), answered.id)).to.have.nested.property('[0].body', 'done')

    const ids = await todo(client(1, 'worker'))
    expect(new Set(ids).size, 'each once').to.equal(ids.length)

    for (const { id } of [before, ...later, large, shared]) {
      expect((await answer(client(1, 'worker'), id, `asker.${siteOf(lab, 0).id}`, 'succeeded', `again ${id}`))?.status).to.equal(201)
    }

    await eventually('answers of the new life', async () => {
      const found = await Promise.all([before, ...later, large, shared].map(async ({ id }) => results(client(0, 'asker'), id)))

      return found.every(list => list.length === 1 && list[0].body.startsWith('again'))
    })
    expect((await at(0).status()).queue.queued).to.equal(0)
  })

  it('is restored twice from one backup: the second life is the newer one', async function () {
    this.timeout(120_000)
    const file = join(dir, 'two.beam')
    const first = await ask(client(0, 'asker'), [`worker.${siteOf(lab, 1).id}`])
    await eventually('a task', async () => waits(1, first.id))
    await answer(client(1, 'worker'), first.id, `asker.${siteOf(lab, 0).id}`, 'tempfailed', 'life one')
    await eventually('its answer', async () => (await results(client(0, 'asker'), first.id))[0]?.body === 'life one')
    await kill(1)
    await restore(1, file)
    await lab.restart(siteOf(lab, 1).id)
    await eventually('the task again', async () => waits(1, first.id), 90_000)
    await answer(client(1, 'worker'), first.id, `asker.${siteOf(lab, 0).id}`, 'succeeded', 'life two')
    await eventually('the newer answer', async () => (await results(client(0, 'asker'), first.id))[0]?.body === 'life two')
  })

  it('that holds the authority key refuses tickets of the backup, and signs nothing before it saw another roster', async function () {
    this.timeout(180_000)
    const file = join(dir, 'one.beam')
    const used = await at(0).invite({ site: 'four', capabilities: ['*'] })
    const open = await at(0).invite({ site: 'five', capabilities: ['*'] })
    await at(0).backup({ file })
    await joinSite({ dir: join(dir, 'four'), ticket: used.ticket, config: {} })
    const head = (await at(0).status()).roster
    await eventually('the new entry everywhere', async () => (await at(1).status()).roster.seq === head.seq && (await at(2).status()).roster.seq === head.seq)

    await kill(0)
    await Promise.all([1, 2].map(async index => lab.kill(siteOf(lab, index).id, 'SIGTERM')))
    expect((await restore(0, file)).compareRoster).to.be.true()
    await lab.restart(siteOf(lab, 0).id)
    expect((await at(0).status()).roster.seq).to.be.below(head.seq)
    await expect(at(0).revoke({ site: 'three' })).to.eventually.be.rejectedWith(/restored from a backup/)

    for (const [name, { ticket }] of [['again', used], ['five', open]] as const) {
      await expect(joinSite({ dir: join(dir, name), ticket, config: {} }), name).to.eventually.be.rejected()
    }

    await lab.restart(siteOf(lab, 1).id)
    await linked(0, 1)
    await eventually('the roster of the others', async () => (await at(0).status()).roster.hash === head.hash)
    const { ticket } = await at(0).invite({ site: 'six', capabilities: ['*'] })
    await joinSite({ dir: join(dir, 'six'), ticket, config: {} })
    await eventually('the entry after it', async () => (await at(1).status()).roster.seq === head.seq + 1)
    expect((await at(1).status()).forked).to.be.false()
    expect((await at(0).status()).forked).to.be.false()
  })

  it('says what is wrong with a backup, and touches nothing', async function () {
    this.timeout(60_000)
    const good = join(dir, 'one.beam')
    const bytes = readFileSync(good)
    const bad = join(dir, 'bad.beam')
    const target = join(dir, 'target')
    const tried = async (): Promise<unknown> => restoreSite({ file: bad, dir: target, force: false, alone: false, now: Date.now() })

    for (const [what, change] of [
      ['does not begin like one', () => { writeFileSync(bad, 'garbage\n') }],
      ['cut off', () => { writeFileSync(bad, bytes); truncateSync(bad, bytes.byteLength - 10) }],
      ['damaged', () => { const flipped = Buffer.from(bytes); flipped[flipped.byteLength / 2 | 0] ^= 1; writeFileSync(bad, flipped) }],
      ['follows', () => { writeFileSync(bad, Buffer.concat([bytes, Buffer.alloc(1)])) }],
      ['of version', () => { writeFileSync(bad, Buffer.concat([Buffer.from('beam-node-backup 9 10\n'), bytes])) }],
      ['manifest is damaged', () => { writeFileSync(bad, bytes.toString('latin1').replace('keys/site.key', '../evil/a.key'), 'latin1') }]
    ] as const) {
      change()
      await expect(tried(), what).to.eventually.be.rejectedWith(new RegExp(what))
    }

    await expect(restoreSite({ file: good, dir: siteOf(lab, 0).dir, force: false, alone: false, now: Date.now() })).to.eventually.be.rejectedWith(/not empty/)
    await expect(restoreSite({ file: good, dir: siteOf(lab, 0).dir, force: true, alone: false, now: Date.now() })).to.eventually.be.rejectedWith(/is using/)
    expect((await restoreSite({ file: good, dir: target, force: false, alone: false, now: Date.now() })).dir).to.equal(target)
  })
})
