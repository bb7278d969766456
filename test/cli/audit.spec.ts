import { readFile, stat, writeFile } from 'node:fs/promises'
import { expect } from 'aegir/chai'
import { beam, startDaemon, useTemporaryDirectory } from './support.ts'
import type { Daemon } from './support.ts'

describe('cli: audit', () => {
  const path = useTemporaryDirectory()
  let daemon: Daemon

  before(async function () {
    this.timeout(60_000)
    await beam(['init', '--network', 'study.example', '--site', 'hub', '--dir', path('hub'), '--recovery-file', path('hub.key'), '--listen', '/ip4/127.0.0.1/tcp/0', '--api-port', '0'])
    daemon = await startDaemon(path('hub'), [], { APP_one_KEY: 'App1Secret' })
    await beam(['app', 'add', 'two', '--dir', path('hub')])
  })

  it('exports and verifies while the daemon runs and at rest, and names the first bad entry', async () => {
    const live = await beam(['audit', 'verify', '--json', '--dir', path('hub')])
    expect(live.code, live.stderr).to.equal(0)
    expect(live.json()).to.include({ ok: true, site: 'hub.study.example', network: 'study.example', first: 1 })

    const file = path('audit.jsonl')
    const written = await beam(['audit', 'export', file, '--json', '--dir', path('hub')])
    expect(written.code, written.stderr).to.equal(0)
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
    const text = await readFile(file, 'utf8')
    expect(written.json()).to.deep.equal({ file, lines: text.trimEnd().split('\n').length })
    expect(text).to.include('app-added')

    const there = await beam(['audit', 'verify', '--file', file, '--json'])
    expect(there.code, there.stderr).to.equal(0)
    expect(there.json().signed).to.equal(there.json().last)
    expect((await beam(['audit', 'export', file, '--dir', path('hub')])).code).to.not.equal(0)

    daemon.child.kill('SIGTERM')
    await daemon.ended
    const rest = await beam(['audit', 'verify', '--json', '--dir', path('hub')])
    expect(rest.code, rest.stderr).to.equal(0)
    expect(rest.json().signed).to.equal(rest.json().last)

    await writeFile(file, text.replace('app-added', 'app-moved'))
    const bad = await beam(['audit', 'verify', '--file', file])
    expect(bad.code).to.equal(1)
    expect(bad.stdout).to.match(/entry \d+: the entry, or its place, was changed/)

    // no verdict: another exit code than that of a bad log
    for (const none of [path('none'), path('hub')]) {
      const unread = await beam(['audit', 'verify', '--file', none, '--json'])
      expect(unread).to.include({ code: 2, stdout: '' })
      expect(unread.error().message).to.match(/^--file cannot be read: /)
    }
  }).timeout(60_000)

  it('is no business of the loopback API', async () => {
    daemon = await startDaemon(path('hub'), [], { APP_one_KEY: 'App1Secret' })

    for (const route of ['/v1/audit', '/auditPage', '/audit']) {
      expect((await fetch(`${daemon.facts.api}${route}`, { headers: { authorization: 'ApiKey one.hub.study.example App1Secret' } })).status).to.equal(404)
    }

    daemon.child.kill('SIGTERM')
    await daemon.ended
  }).timeout(60_000)
})
