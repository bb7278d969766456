import { execFileSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { controlClient } from '../../src/control/client.ts'
import { startLab } from '../../src/lab/index.ts'
import { skip } from '../skip.ts'
import { APPS, KEY, answer, app, ask, eventually, ready, siteOf, todo } from './disk/kit.ts'
import type { Reply } from './client.ts'
import type { Lab } from '../../src/lab/index.ts'

/** Of the small file system, MiB */
const SIZE = 96

describe('a file system that is full', () => {
  let dir: string
  let small: string
  let lab: Lab

  before(async function () {
    this.timeout(120_000)

    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      skip(this, 'mounting a small file system needs Linux and root')
    }

    dir = mkdtempSync(join(tmpdir(), 'beam-full-'))
    small = join(dir, 'two')
    mkdirSync(small, { mode: 0o700 })

    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}m,mode=700`, 'beam-full', small], { stdio: 'pipe' })
    } catch (error) {
      skip(this, `a small file system cannot be mounted here (${String(error)})`)
    }

    lab = await startLab({ network: 'full', sites: [{ name: 'one', apiPort: 0 }, { name: 'two', apiPort: 0 }], apps: APPS, dir })
  })

  after(async function () {
    this.timeout(60_000)
    await lab?.stop()

    if (small != null) {
      try {
        execFileSync('umount', [small], { stdio: 'pipe' })
      } catch {
        // it was never mounted
      }

      rmSync(dir, { recursive: true, force: true })
    }
  })

  const filler = (): string => join(small, 'filler')

  /** Takes all the room but `leave` bytes */
  function fill (leave = 0): void {
    const file = openSync(filler(), 'w')
    const chunk = Buffer.alloc(65_536)

    try {
      for (;;) {
        writeSync(file, chunk)
      }
    } catch (error) {
      expect(error).to.have.property('code', 'ENOSPC')
    } finally {
      closeSync(file)
    }

    if (leave > 0) {
      execFileSync('truncate', ['-s', `-${leave}`, filler()])
    }
  }

  it('acknowledges nothing, leaves envelopes with their senders, then goes on with everything', async function () {
    this.timeout(180_000)
    const worker = (): string => `worker.${siteOf(lab, 1).id}`
    const acknowledged: string[] = []
    const { pid } = siteOf(lab, 1)

    for (let i = 0; i < 10; i++) {
      acknowledged.push((await ask(app(siteOf(lab, 0), 'asker'), [worker()])).id)
    }

    await eventually('ten tasks', async () => (await todo(app(siteOf(lab, 1), 'worker'))).length === 10)
    fill()

    // small ones may find room in the log that is there already; then comes the end
    const refused: string[] = []

    await eventually('the disk is noticed to be full', async () => {
      const { id, reply } = await ask(app(siteOf(lab, 1), 'asker'), [worker()], { body: randomBytes(40_000).toString('base64') })
      const list = reply?.status === 201 ? acknowledged : refused
      list.push(id)

      return reply?.status === 503
    })

    for (let i = 0; i < 20; i++) {
      const { id, reply } = await ask(app(siteOf(lab, 1), 'asker'), [worker()])
      expect(reply?.status).to.equal(503)
      refused.push(id)
    }

    expect((await answer(app(siteOf(lab, 1), 'worker'), acknowledged[0], `asker.${siteOf(lab, 0).id}`))?.status).to.equal(503)

    const state = await ready(siteOf(lab, 1))
    expect(state.status).to.equal(503)
    expect(state.reasons.join()).to.include('space left')
    expect((await controlClient(small).status()).ready).to.be.false()

    // the other site keeps small ones and large ones
    const kept = [await ask(app(siteOf(lab, 0), 'asker'), [worker()]), await ask(app(siteOf(lab, 0), 'asker'), [worker()], { body: 'x'.repeat(5_000_000) })]
    expect(kept.map(({ reply }) => reply?.status)).to.deep.equal([201, 201])
    await new Promise(resolve => setTimeout(resolve, 2_000))
    expect((await todo(app(siteOf(lab, 1), 'worker')))).to.not.include.members(kept.map(({ id }) => id))

    rmSync(filler())
    await eventually('readiness, without a restart', async () => (await ready(siteOf(lab, 1))).status === 200)
    acknowledged.push(...kept.map(({ id }) => id))
    await eventually('everything acknowledged is there, what was kept too', async () => {
      const ids = await todo(app(siteOf(lab, 1), 'worker'))

      return acknowledged.every(id => ids.includes(id))
    }, 90_000)
    expect(await todo(app(siteOf(lab, 1), 'worker'))).to.not.include.members(refused)
    expect(siteOf(lab, 1).pid).to.equal(pid)
  })

  it('gets full in the middle of large uploads and transfers: nothing half is shown, and it goes on', async function () {
    this.timeout(180_000)
    const worker = `worker.${siteOf(lab, 1).id}`
    fill(24_000_000)
    const body = 'y'.repeat(8_000_000)
    const large = await Promise.all(Array.from({ length: 4 }, async () => ask(app(siteOf(lab, 0), 'asker'), [worker], { body })))
    const local = await Promise.all(Array.from({ length: 4 }, async () => ask(app(siteOf(lab, 1), 'asker'), [worker], { body })))
    expect(large.every(({ reply }) => reply?.status === 201)).to.be.true()
    const good = local.filter(({ reply }) => reply?.status === 201).map(({ id }) => id)
    const bad = local.filter(({ reply }) => reply?.status !== 201)
    expect(bad).to.not.be.empty()
    expect(bad.every(({ reply }) => reply?.status === 503)).to.be.true()

    rmSync(filler())
    const wanted = [...good, ...large.map(({ id }) => id)]
    // four of eight MB from the other site find room once answered tasks and half transfers are gone
    await eventually('all large tasks', async () => {
      const ids = await todo(app(siteOf(lab, 1), 'worker'))

      return wanted.every(id => ids.includes(id))
    }, 120_000)
    expect(await todo(app(siteOf(lab, 1), 'worker'))).to.not.include.members(bad.map(({ id }) => id))
  })

  it('gets full in the middle of an upload: what is on disk stays, is named, and the rest is brought when there is room', async function () {
    this.timeout(180_000)
    const site = siteOf(lab, 1)
    const worker = app(site, 'worker')
    const bytes = randomBytes(12_000_000)
    const call = async (method: string, path: string, body?: Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${site.api}${path}`, { method, headers: { authorization: `ApiKey asker.${site.id} ${KEY}`, ...headers }, body: body as BodyInit | undefined })

    const begun = await call('POST', '/v1/bodies', bytes.subarray(0, 1_000_000), { 'upload-complete': '?0', 'upload-length': String(bytes.length) })
    expect(begun.status, await begun.text()).to.equal(201)
    const location = begun.headers.get('location') ?? ''
    fill(3_000_000)

    const offset = async (): Promise<number> => Number((await call('HEAD', location)).headers.get('upload-offset'))
    const cut = await call('PATCH', location, bytes.subarray(1_000_000), { 'upload-offset': '1000000', 'upload-complete': '?1' }).then(({ status }) => status, () => undefined)
    // told, or cut when the reader of the answer was still writing; never taken
    expect(cut).to.be.oneOf([503, undefined])
    const kept = await offset()
    expect(kept).to.be.within(1_000_000, bytes.length - 1)
    // the connection of what was cut may still be chosen for the first try
    const early: Reply[] = []
    await eventually('an answer', async () => {
      early.push((await ask(app(site, 'asker'), [worker.app], { body: '' })).reply)

      return early.at(-1) != null
    }, 10_000)
    expect(early.at(-1)?.status).to.be.oneOf([201, 503])
    expect(early.length, 'cut once at most').to.be.at.most(2)

    rmSync(filler())
    await eventually('readiness, without a restart', async () => (await ready(site)).status === 200)
    const from = await offset()
    expect(from, 'nothing of it was lost').to.be.at.least(kept)
    const rest = await call('PATCH', location, bytes.subarray(from), { 'upload-offset': String(from), 'upload-complete': '?1' })
    expect(rest.status).to.equal(200)
    const id = randomUUID()
    const posted = await call('POST', '/v1/tasks', Buffer.from(JSON.stringify({ id, from: `asker.${site.id}`, to: [worker.app], body_ref: location.split('/').at(-1), ttl: '600s', failure_strategy: 'discard', metadata: null })))
    expect(posted.status, await posted.text()).to.equal(201)
    const read = await fetch(`${site.api}/v1/tasks/${id}/body`, { headers: { authorization: `ApiKey ${worker.app} ${KEY}` } })
    expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).to.be.true()
  })
})
