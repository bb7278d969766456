import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { expect } from 'aegir/chai'
import { beam, startDaemon, useTemporaryDirectory } from './support.ts'
import type { Daemon } from './support.ts'

const ONE = 'one.hub.study.example'
const TWO = 'two.hub.study.example'

describe('cli: backup and restore', function () {
  this.timeout(60_000)

  const path = useTemporaryDirectory()
  let daemon: Daemon
  let incarnation: number

  const headers = { authorization: `ApiKey ${ONE} App1Secret` }
  const start = async (): Promise<Daemon> => startDaemon(path('hub'), [], { APP_one_KEY: 'App1Secret', APP_two_KEY: 'App1Secret' })
  const stop = async (): Promise<void> => {
    daemon.child.kill('SIGTERM')
    await daemon.ended
  }
  const post = async (): Promise<string> => {
    const id = crypto.randomUUID()
    const response = await fetch(`${daemon.facts.api}/v1/tasks`, { method: 'POST', headers, body: JSON.stringify({ id, from: ONE, to: [TWO], body: 'x', ttl: '600s', failure_strategy: 'discard', metadata: null }) })
    expect(response.status).to.equal(201)

    return id
  }
  const found = async (id: string): Promise<number> => (await fetch(`${daemon.facts.api}/v1/tasks/${id}`, { headers })).status

  before(async () => {
    await beam(['init', '--network', 'study.example', '--site', 'hub', '--dir', path('hub'), '--recovery-file', path('hub.key'), '--listen', '/ip4/127.0.0.1/tcp/0', '--api-port', '0'])
    daemon = await start()
  })
  after(stop)

  it('writes one private file while the daemon runs, and never over another', async () => {
    const before = await post()
    const written = await beam(['backup', path('b.beam'), '--json', '--dir', path('hub')])
    expect(written.code, written.stderr).to.equal(0)
    expect(written.json()).to.include({ file: path('b.beam'), site: 'hub.study.example' })
    expect(written.json().bytes).to.equal((await stat(path('b.beam'))).size)
    expect((await stat(path('b.beam'))).mode & 0o777).to.equal(0o600)
    expect(await found(before), 'it goes on').to.equal(200)

    const bytes = await readFile(path('b.beam'))
    const again = await beam(['backup', path('b.beam'), '--json', '--dir', path('hub')])
    expect(again.code).to.not.equal(0)
    expect(again.error().message).to.include(path('b.beam'))
    expect(await readFile(path('b.beam'))).to.deep.equal(bytes)
  })

  it('refuses to restore under a running daemon, over what is there, and from what is damaged, and touches nothing', async () => {
    const id = await post()
    expect((await beam(['restore', path('b.beam'), '--force', '--dir', path('hub')])).code, 'a daemon runs').to.not.equal(0)
    expect(await found(id)).to.equal(200)
    await stop()

    const files = await readdir(path('hub'))
    const there = await beam(['restore', path('b.beam'), '--json', '--dir', path('hub')])
    expect(there.code).to.not.equal(0)
    expect(there.error().message).to.include('--force')

    const bytes = await readFile(path('b.beam'))
    bytes[bytes.length - 100] ^= 1
    await writeFile(path('damaged.beam'), bytes)
    await writeFile(path('cut.beam'), bytes.subarray(0, 5_000))
    await writeFile(path('other.beam'), 'beam-node-backup\n')

    for (const name of ['damaged.beam', 'cut.beam', 'other.beam', 'none.beam']) {
      const refused = await beam(['restore', path(name), '--force', '--json', '--dir', path('hub')])
      expect(refused.code, name).to.equal(2)
      expect(refused.error().message, name).to.include(path(name))
    }

    expect(await readdir(path('hub'))).to.have.members(files)
    daemon = await start()
    expect(await found(id), 'as it was').to.equal(200)
  })

  it('restores as it was, as a new incarnation, and moves the rest aside', async () => {
    const later = await post()
    await stop()
    const restored = await beam(['restore', path('b.beam'), '--force', '--alone', '--json', '--dir', path('hub')])
    expect(restored.code, restored.stderr).to.equal(0)
    expect(restored.json()).to.include({ site: 'hub.study.example', dir: path('hub') })
    incarnation = restored.json().incarnation
    expect(incarnation).to.be.greaterThan(1)
    expect((await stat(restored.json().aside)).isDirectory()).to.be.true()

    daemon = await start()
    const list = await (await fetch(`${daemon.facts.api}/v1/tasks?from=${ONE}`, { headers })).json() as Array<{ id: string }>
    expect(list, 'of the backup, not of later').to.have.length(1)
    expect(await found(later)).to.equal(404)
    expect(await found(await post()), 'it works').to.equal(200)
    expect((await beam(['audit', 'verify', '--json', '--dir', path('hub')])).json()).to.include({ ok: true })
  })
})
