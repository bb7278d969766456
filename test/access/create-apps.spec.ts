import { expect } from 'aegir/chai'
import { createApps } from '../../src/access/create-apps.ts'
import { MAX_TRIES, TRY_WINDOW } from '../../src/access/verifier.ts'
import { systemClock } from '../../src/core/clock.ts'
import { LimitError } from '../../src/core/errors.ts'
import { systemRandom } from '../../src/core/random.ts'
import { recordingLog } from './helpers/recording-log.ts'
import type { Apps } from '../../src/access/index.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { AppRow } from '../../src/store/index.ts'

const self = 'proxy1.broker'

describe('apps', () => {
  const rows = new Map<string, AppRow>()
  const written: string[] = []
  let now = 0

  const clock: Clock = { ...systemClock, monotonic: () => now, setTimeout: (fn) => systemClock.setTimeout(fn, 0) }
  const store = {
    listApps: async () => [...rows.values()],
    addApp: async (row: AppRow) => !rows.has(row.name) && rows.set(row.name, row) != null,
    replaceAppKey: async (row: AppRow) => rows.has(row.name) && rows.set(row.name, row) != null,
    removeApp: async ({ name }: { name: string }) => rows.delete(name)
  }
  const load = async (envApps: Array<{ name: string, key: string }> = []): Promise<Apps> => createApps({ store, self, envApps, clock, random: systemRandom, log: recordingLog(written) })

  beforeEach(() => {
    rows.clear()
    written.length = 0
    now = 0
  })

  const passes = async (apps: Apps, id: string, key: string): Promise<boolean> => {
    try {
      return await apps.authenticate(`ApiKey ${id} ${key}`) != null
    } catch (error) {
      // a wrong key is a wrong key, however it is answered
      if (error instanceof LimitError && error.message === 'too many wrong keys were tried') {
        return false
      }

      throw error
    }
  }

  it('generates 256-bit keys, stores their SHA-256 and knows them after a restart', async () => {
    const { id, key } = await (await load()).add('app1')

    expect(id).to.equal('app1.proxy1.broker')
    expect(Buffer.from(key, 'base64url')).to.have.lengthOf(32)
    expect(rows.get('app1')).to.include({ scheme: 'sha256' })
    expect(Buffer.from(rows.get('app1')?.hash ?? []).toString('base64url')).to.not.equal(key)

    const apps = await load()

    expect(await apps.authenticate(`ApiKey ${id} ${key}`)).to.deep.equal({ kind: 'app', id, site: self })
    expect(await passes(apps, id, `${key}x`)).to.equal(false)
    expect(await passes(apps, 'app2.proxy1.broker', key)).to.equal(false)
  })

  it('stores chosen keys with scrypt, checks them once and then by HMAC', async () => {
    await (await load()).add('app1', 'App1Secret')
    expect(rows.get('app1')).to.include({ scheme: 'scrypt' })

    const apps = await load()
    const wrong = async (): Promise<boolean> => passes(apps, 'app1.proxy1.broker', 'wrong-key')

    expect(await wrong()).to.equal(false)
    expect(await passes(apps, 'app1.proxy1.broker', 'App1Secret')).to.equal(true)

    // thousands of slow hashes would take minutes and meet the limit of tries
    for (let i = 0; i < 2_000; i++) {
      expect(await passes(apps, 'app1.proxy1.broker', 'App1Secret')).to.equal(true)
      expect(await passes(apps, 'app1.proxy1.broker', `wrong-${i}`)).to.equal(false)
    }
  })

  it('limits guesses at a chosen key; one key tried many times at once is one try', async () => {
    await (await load()).add('app1', 'App1Secret')

    const apps = await load()
    const same = await Promise.all(Array.from({ length: 100 }, async () => passes(apps, 'app1.proxy1.broker', 'guess-0')))

    expect(same).to.deep.equal(Array.from({ length: 100 }, () => false))

    for (let i = 1; i < MAX_TRIES; i++) {
      expect(await passes(apps, 'app1.proxy1.broker', `guess-${i}`)).to.equal(false)
    }

    await expect(passes(apps, 'app1.proxy1.broker', 'one-more')).to.eventually.be.rejectedWith(LimitError).with.property('retryAfter', TRY_WINDOW / 1_000)
    // nothing tells the right key before it was hashed
    await expect(passes(apps, 'app1.proxy1.broker', 'App1Secret')).to.eventually.be.rejectedWith(LimitError, 'not even the right one')
    now += TRY_WINDOW
    expect(await passes(apps, 'app1.proxy1.broker', 'App1Secret')).to.equal(true)

    for (let i = 0; i < 2 * MAX_TRIES; i++) {
      expect(await passes(apps, 'app1.proxy1.broker', `later-${i}`)).to.equal(false)
    }

    expect(await passes(apps, 'app1.proxy1.broker', 'App1Secret'), 'used once: guesses hold it up no more').to.equal(true)
  })

  it('a generated key is never held up by guesses', async () => {
    const { id, key } = await (await load()).add('app1')
    const apps = await load()

    for (let i = 0; i < 2 * MAX_TRIES; i++) {
      expect(await passes(apps, id, `guess-${i}`)).to.equal(false)
    }

    expect(await passes(apps, id, key)).to.equal(true)
  })

  it('splits the header as Beam does', async () => {
    const apps = await load([{ name: 'app1', key: 'App1Secret' }])
    const id = 'app1.proxy1.broker'

    expect(await apps.authenticate(`ApiKey ${id} App1Secret`)).to.deep.equal({ kind: 'app', id, site: self })
    expect(await apps.authenticate(`ApiKey ${id} App1Secret and more`)).to.deep.equal({ kind: 'app', id, site: self })

    for (const header of [
      undefined, '', 'ApiKey', `ApiKey ${id}`, `ApiKey ${id} `, `apikey ${id} App1Secret`, `ApiKey  ${id} App1Secret`, `ApiKey ${id}  App1Secret`, ` ApiKey ${id} App1Secret`,
      `Bearer ${id} App1Secret`, 'ApiKey app1 App1Secret', 'ApiKey app1.proxy1.other App1Secret', 'ApiKey APP1.proxy1.broker App1Secret', `ApiKey ${id} app1secret`, `ApiKey ${id} ${'x'.repeat(10_000)}`
    ]) {
      expect(await apps.authenticate(header), header).to.equal(undefined)
    }
  })

  it('knows apps whose names hold any letter', async () => {
    const apps = await load([{ name: 'größe', key: 'schlüssel' }])
    const header = Buffer.from('ApiKey größe.proxy1.broker schlüssel').toString('latin1')

    expect(await apps.authenticate(header)).to.include({ id: 'größe.proxy1.broker' })
  })

  it('lets the environment stand in for a stored key, with a warning', async () => {
    await (await load()).add('app1', 'StoredSecret')

    const apps = await load([{ name: 'app1', key: 'App1Secret' }])

    expect(await passes(apps, 'app1.proxy1.broker', 'App1Secret')).to.equal(true)
    expect(await passes(apps, 'app1.proxy1.broker', 'StoredSecret')).to.equal(false)
    expect(await apps.list()).to.have.lengthOf(1).and.to.have.nested.property('[0].source', 'environment')
    await expect(apps.rotate('app1')).to.eventually.be.rejectedWith(/APP_app1_KEY/)
    await expect(apps.remove('app1')).to.eventually.be.rejectedWith(/environment/)
    expect(written.join()).to.match(/stands in for the stored key/)
  })

  it('rotates and removes at once', async () => {
    const apps = await load()
    const first = await apps.add('app1')
    const second = await apps.rotate('app1')

    expect(second.key).to.not.equal(first.key)
    expect(await passes(apps, first.id, first.key)).to.equal(false)
    expect(await passes(apps, first.id, second.key)).to.equal(true)
    await apps.remove('app1')
    expect(await passes(apps, first.id, second.key)).to.equal(false)
    expect(await apps.list()).to.deep.equal([])
  })

  it('refuses bad names and keys with a sentence, and changes nothing', async () => {
    const apps = await load()

    await apps.add('app1')
    await expect(apps.add('app1')).to.eventually.be.rejectedWith(/app "app1" exists/)
    await expect(apps.rotate('app2')).to.eventually.be.rejectedWith(/no app "app2" here/)
    await expect(apps.remove('app2')).to.eventually.be.rejectedWith(/no app "app2" here/)

    for (const name of ['', 'a.b', 'a b', 'a_b', 'a/b', 'x'.repeat(64)]) {
      await expect(apps.add(name), name).to.eventually.be.rejectedWith(/^app name must be/)
    }

    for (const key of ['', 'a b', 'a\tb', 'a\nb', 'x'.repeat(513)]) {
      await expect(apps.add('app2', key), key).to.eventually.be.rejectedWith(/^key must not/)
    }

    expect([...rows.keys()]).to.deep.equal(['app1'])
    await expect(load([{ name: 'app1', key: 'has space' }])).to.eventually.be.rejectedWith(/^APP_app1_KEY must not hold spaces/)
  })

  it('never writes a key to the log', async () => {
    const apps = await load([{ name: 'app1', key: 'short' }])

    await apps.add('app2', 'tiny')
    await apps.authenticate('ApiKey app1.proxy1.broker nope-nope')
    expect(written.join()).to.match(/short/)
    expect(written.filter((line) => /"short"|tiny|nope-nope/.test(line))).to.deep.equal([])
  })
})
