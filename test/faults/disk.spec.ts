import { readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { controlClient } from '../../src/control/client.ts'
import { startLab } from '../../src/lab/index.ts'
import { skip } from '../skip.ts'
import { APPS, answer, app, ask, eventually, ready, siteOf, todo } from './disk/kit.ts'
import { EIO, ENOSPC, compileShim, faultyDisk, whyNoShim, withEnv } from './disk/shim.ts'
import type { FaultyDisk } from './disk/shim.ts'
import type { Lab } from '../../src/lab/index.ts'

describe('a disk that fails under a running daemon', () => {
  let lab: Lab
  let disk: FaultyDisk

  before(async function () {
    this.timeout(120_000)
    const why = whyNoShim()

    if (why != null) {
      skip(this, why)
    }

    const library = await compileShim()
    lab = await startLab({ network: 'disk', sites: [{ name: 'one', apiPort: 0 }, { name: 'two', apiPort: 0 }], apps: APPS })
    disk = faultyDisk(library, join(siteOf(lab, 1).dir, 'data', 'beam.sqlite'))
    await restartWithShim()
  })

  after(async function () {
    this.timeout(60_000)
    await lab?.stop()
  })

  const two = (): string => siteOf(lab, 1).id

  async function restartWithShim (): Promise<void> {
    disk.fail()
    await lab.kill(two(), 'SIGTERM')
    await withEnv(disk.env, async () => lab.restart(two()))
    await eventually('a link between the sites', async () => (await controlClient(siteOf(lab, 0).dir).status()).peers.up.includes(two()))
  }

  /** Tasks for the worker at site two, of which `known` are acknowledged by both sites */
  async function before503 (): Promise<string[]> {
    const known: string[] = []

    for (let i = 0; i < 5; i++) {
      const remote = await ask(app(siteOf(lab, 0), 'asker'), [`worker.${two()}`])
      const local = await ask(app(siteOf(lab, 1), 'asker'), [`worker.${two()}`])
      expect([remote.reply?.status, local.reply?.status]).to.deep.equal([201, 201])
      known.push(remote.id, local.id)
    }

    await eventually('all tasks at site two', async () => {
      const ids = await todo(app(siteOf(lab, 1), 'worker'))

      return known.every(id => ids.includes(id))
    })

    return known
  }

  function failsForGood (kind: 'fsync' | 'write', errno: number, code: string): void {
    it(`${kind} with errno ${errno}: nothing is acknowledged until a restart, which checks the file and has everything`, async function () {
      this.timeout(120_000)
      const known = await before503()
      disk.fail(kind, errno)
      const failed = await ask(app(siteOf(lab, 1), 'asker'), [`worker.${two()}`])
      expect(failed.reply?.status).to.equal(503)

      // the disk is well again, and nobody knows what it holds
      disk.fail()

      for (let i = 0; i < 3; i++) {
        expect((await ask(app(siteOf(lab, 1), 'asker'), [`worker.${two()}`])).reply?.status).to.equal(503)
        expect((await answer(app(siteOf(lab, 1), 'worker'), known[0], `asker.${siteOf(lab, 0).id}`))?.status).to.equal(503)
      }

      const state = await ready(siteOf(lab, 1))
      expect(state.status).to.equal(503)
      expect(state.reasons.join()).to.include('beam.sqlite')
      expect((await controlClient(siteOf(lab, 1).dir).status()).reasons.join()).to.include('beam.sqlite')
      // what is there can still be read
      expect(await todo(app(siteOf(lab, 1), 'worker'))).to.include.members(known)

      // the other site keeps what this one did not acknowledge
      const kept = await ask(app(siteOf(lab, 0), 'asker'), [`worker.${two()}`])
      expect(kept.reply?.status).to.equal(201)
      const deliveries = await app(siteOf(lab, 0), 'asker').call('GET', `/v1/tasks/${kept.id}/deliveries`)
      expect(deliveries?.text).to.include('queued')

      const log = join(siteOf(lab, 1).dir, 'daemon.log')
      const length = readFileSync(log, 'utf8').length
      await eventually('a mark for the next start', async () => readFileSync(join(siteOf(lab, 1).dir, 'data', 'beam.sqlite-run'), 'utf8').includes('trouble'))
      await restartWithShim()
      expect(readFileSync(log, 'utf8').slice(length)).to.include('the last run ended in trouble with the disk')
      expect(readFileSync(log, 'utf8')).to.include(code)

      await eventually('everything that was acknowledged, and what was kept', async () => {
        const ids = await todo(app(siteOf(lab, 1), 'worker'))

        return [...known, kept.id].every(id => ids.includes(id))
      })
      expect(await todo(app(siteOf(lab, 1), 'worker'))).to.not.include(failed.id)
      expect((await ready(siteOf(lab, 1))).status).to.equal(200)
    })
  }

  failsForGood('fsync', EIO, 'STORE_FAILED')
  failsForGood('write', EIO, 'STORE_IO')
  failsForGood('fsync', ENOSPC, 'STORE_FAILED')

  it('no space: nothing is acknowledged until there is room, then it goes on without a restart', async function () {
    this.timeout(120_000)
    const known = await before503()
    const pid = siteOf(lab, 1).pid
    disk.fail('write', ENOSPC)
    expect((await ask(app(siteOf(lab, 1), 'asker'), [`worker.${two()}`])).reply?.status).to.equal(503)
    const kept = await ask(app(siteOf(lab, 0), 'asker'), [`worker.${two()}`])
    const state = await ready(siteOf(lab, 1))
    expect(state.status).to.equal(503)
    expect(state.reasons.join()).to.include('no space left')

    disk.fail()
    await eventually('readiness, without anybody writing', async () => (await ready(siteOf(lab, 1))).status === 200)
    await eventually('what was kept', async () => {
      const ids = await todo(app(siteOf(lab, 1), 'worker'))

      return [...known, kept.id].every(id => ids.includes(id))
    })
    expect((await ask(app(siteOf(lab, 1), 'asker'), [`worker.${two()}`])).reply?.status).to.equal(201)
    expect(siteOf(lab, 1).pid).to.equal(pid)
    expect(existsSync(join(siteOf(lab, 1).dir, 'data', 'beam.sqlite-reserve'))).to.be.true()
  })
})
