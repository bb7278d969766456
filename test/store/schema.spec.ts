import { chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { openCore } from '../../src/store/core.ts'
import { StoreError } from '../../src/store/errors.ts'
import { MIGRATIONS } from '../../src/store/migrations/index.ts'
import { openStore } from '../../src/store/open.ts'
import { migrate } from '../../src/store/schema.ts'
import { NOW, creation } from './fixtures.ts'
import type { Migration } from '../../src/store/migrations/index.ts'

describe('store schema', () => {
  let dir: string
  let file: string

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'beam-store-'))
    file = path.join(dir, 'beam.sqlite')
  })

  afterEach(async () => {
    await rm(dir, { recursive: true })
  })

  /** The refusal, which must be the same in both forms and change no byte of the file */
  async function refusal (): Promise<StoreError> {
    const before = await readFile(file)
    let error: unknown

    try {
      openCore({ path: file }).close()
    } catch (err) {
      error = err
    }

    expect(error).to.be.instanceOf(StoreError)
    await expect(openStore({ path: file, log: silentLog })).to.eventually.be.rejectedWith((error as StoreError).message)
      .and.have.property('code', (error as StoreError).code)
    expect(Buffer.compare(before, await readFile(file))).to.equal(0)

    return error as StoreError
  }

  function raw (sql: string): void {
    const db = new DatabaseSync(file)
    db.exec(sql)
    db.close()
  }

  it('is in WAL mode with full synchronisation, private to its owner', async () => {
    openCore({ path: file }).close()
    const db = new DatabaseSync(file)

    expect(db.prepare('PRAGMA journal_mode').get()).to.include({ journal_mode: 'wal' })
    expect(db.prepare('PRAGMA user_version').get()).to.include({ user_version: MIGRATIONS[MIGRATIONS.length - 1].version })
    expect(db.prepare('PRAGMA integrity_check').get()).to.include({ integrity_check: 'ok' })
    db.close()
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
  })

  it('refuses a newer database, naming both versions and the way out', async () => {
    openCore({ path: file }).close()
    raw('PRAGMA user_version = 99')
    const error = await refusal()

    expect(error.code).to.equal('STORE_NEWER')
    expect(error.message).to.include(file).and.to.match(/version 99.*versions up to \d+: start the newer beam-node again, or restore/)
  })

  it('refuses the database of another program', async () => {
    raw('CREATE TABLE patients (name TEXT)')

    expect(await refusal()).to.include({ code: 'STORE_FOREIGN' }).and.to.have.property('message').that.includes('another program')
  })

  it('refuses a file that is no database, and a damaged one', async () => {
    await writeFile(file, 'name,age\n'.repeat(1_000))
    expect(await refusal()).to.include({ code: 'STORE_CORRUPT' }).and.to.have.property('message').that.includes('beam-node restore FILE')

    await rm(file)
    openCore({ path: file }).close()
    await truncate(file, 10_000)
    expect(await refusal()).to.include({ code: 'STORE_CORRUPT' })
  })

  it('refuses what another process has open', async function () {
    this.timeout(20_000)
    const core = openCore({ path: file })

    await expect(openStore({ path: file, log: silentLog })).to.eventually.be.rejectedWith(/in use by another process/)
      .and.have.property('code', 'STORE_LOCKED')
    core.close()
    await (await openStore({ path: file, log: silentLog })).close()
  })

  it('says that a file cannot be opened', async () => {
    expect(() => openCore({ path: path.join(dir, 'missing', 'beam.sqlite') })).to.throw(StoreError, /directory exists/).with.property('code', 'STORE_UNOPENABLE')
    await chmod(dir, 0o700)
    expect(() => openCore({ path: dir })).to.throw(StoreError).with.property('code', 'STORE_UNOPENABLE')
  })

  describe('migrations', () => {
    const NEXT = MIGRATIONS[MIGRATIONS.length - 1].version + 1
    const second: Migration = { version: NEXT, up: db => { db.exec('ALTER TABLE apps ADD COLUMN note TEXT') } }

    it('are in order, none twice', () => {
      const versions = MIGRATIONS.map(migration => migration.version)

      expect(versions).to.deep.equal([...new Set(versions)].sort((a, b) => a - b))
    })

    it('take the data along, each once', () => {
      const core = openCore({ path: file })
      const input = creation()
      core.createTask(input)
      core.close()
      const db = new DatabaseSync(file)

      migrate(db, file, [...MIGRATIONS, second])
      migrate(db, file, [...MIGRATIONS, second])
      expect(db.prepare('PRAGMA user_version').get()).to.include({ user_version: NEXT })
      expect(db.prepare('SELECT note FROM apps').all()).to.be.empty()
      expect(db.prepare('SELECT id FROM tasks').all().map(row => row.id)).to.deep.equal([input.task.id])
      db.close()
      expect(() => openCore({ path: file })).to.throw(StoreError).with.property('code', 'STORE_NEWER')
    })

    it('leave the version before when one fails in the middle', () => {
      const core = openCore({ path: file })
      const input = creation()
      core.createTask(input)
      core.close()
      const db = new DatabaseSync(file)
      const failing: Migration = { version: NEXT, up: db => { db.exec('DROP TABLE addresses; SELECT 1 FROM nowhere') } }

      expect(() => { migrate(db, file, [...MIGRATIONS, failing]) }).to.throw(/nowhere/)
      db.close()
      const again = openCore({ path: file })
      expect(again.listAddresses({})).to.be.empty()
      expect(again.findTasks({ id: input.task.id })).to.have.lengthOf(1)
      expect(again.counts({ now: NOW }).tasks).to.equal(1)
      again.close()
    })
  })
})
