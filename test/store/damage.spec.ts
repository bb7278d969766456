import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { openStore } from '../../src/store/open.ts'
import { NOW, bytes, creation, textBody } from './fixtures.ts'
import type { Store } from '../../src/store/index.ts'

describe('a damaged store', () => {
  let dir: string
  let file: string

  before(async function () {
    this.timeout(30_000)
    dir = mkdtempSync(join(tmpdir(), 'beam-damage-'))
    file = join(dir, 'beam.sqlite')
    const store = await openStore({ path: file, log: silentLog })

    for (let i = 0; i < 300; i++) {
      await store.createTask(creation({}, { body: textBody(Buffer.from(bytes(3_000)).toString('base64')) }))
    }

    await store.close()
  })

  after(() => { rmSync(dir, { recursive: true }) })

  /** The same store once more, after `change`, as a daemon finds it that was cut */
  async function open (change: (path: string) => void, mark?: object): Promise<Store> {
    const copy = mkdtempSync(join(dir, 'copy-'))
    const path = join(copy, 'beam.sqlite')
    cpSync(file, path)

    if (mark != null) {
      writeFileSync(`${path}-run`, JSON.stringify(mark))
      writeFileSync(`${path}-wal`, '')
    }

    change(path)

    return openStore({ path, log: silentLog })
  }

  function flip (path: string, at: number, count = 1): void {
    const content = readFileSync(path)

    for (let i = 0; i < count; i++) {
      content[at + i] ^= 0xff
    }

    writeFileSync(path, content)
  }

  async function refused (change: (path: string) => void, mark?: object): Promise<string> {
    const outcome = await open(change, mark).then(async (store) => { await store.close(); return 'opened' }, (error: Error & { code: string }) => `${error.code} ${error.message}`)
    expect(outcome).to.match(/^STORE_CORRUPT /)
    expect(outcome, 'names the way out').to.include('beam-node restore FILE')

    return outcome
  }

  it('is refused: header, garbage, cut off, whatever the last run was', async () => {
    await refused(path => { flip(path, 0, 16) })
    await refused(path => { writeFileSync(path, bytes(40_960)) })
    await refused(path => { truncateSync(path, statSync(path).size - 4_096) })
    await refused(path => { truncateSync(path, 8_192) })
  })

  it('is refused after a run that was cut, or in trouble: a page in the middle', async () => {
    const page = (path: string): number => Math.floor(statSync(path).size / 4_096 / 2) * 4_096

    for (const mark of [{ state: 'running' }, { state: 'trouble', reason: 'fsync' }]) {
      await refused(path => { flip(path, page(path), 200) }, mark)
    }
  })

  it('is refused when its log is gone, since acknowledged work is gone with it', async () => {
    expect(await refused(path => { rmSync(`${path}-wal`) }, { state: 'running' })).to.include('write-ahead log')
  })

  it('is noticed while it runs: nothing is acknowledged from then on', async () => {
    let path = ''
    const store = await open(at => { path = at })
    const content = readFileSync(path)

    // every page but the first, which is the schema; what was not read yet is read from the file
    for (let at = 4_096; at < content.byteLength; at += 4_096) {
      content.fill(0x77, at, at + 100)
    }

    writeFileSync(path, content)

    await expect(Promise.all([store.recentTasks({ limit: 1_000, now: NOW }), store.counts({ now: NOW })])).to.eventually.be.rejected.with.property('code', 'STORE_CORRUPT')
    expect(store.trouble()).to.have.property('code', 'STORE_CORRUPT')
    await expect(store.createTask(creation())).to.eventually.be.rejected.with.property('code', 'STORE_CORRUPT')
    await store.close()
  })

  it('that is whole opens, whatever the last run was', async () => {
    for (const mark of [undefined, { state: 'running' }, { state: 'closing' }, { state: 'trouble', reason: 'x' }]) {
      const store = await open(() => {}, mark)
      expect((await store.counts({ now: NOW })).tasks).to.equal(300)
      await store.close()
    }
  })
})
