import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { expect } from 'aegir/chai'
import { layout } from '../../src/config/layout.ts'
import { withStore } from '../../src/control/with-store.ts'
import { systemClock } from '../../src/core/clock.ts'
import { CHECKS } from '../../src/doctor/checks/index.ts'
import { examine } from '../../src/doctor/examine.ts'
import { runChecks, worst } from '../../src/doctor/run-checks.ts'
import { beam, startDaemon, useTemporaryDirectory } from '../cli/support.ts'
import { skip } from '../skip.ts'
import { creation } from '../store/fixtures.ts'
import type { Finding } from '../../src/doctor/index.ts'
import type { AddressInfo } from 'node:net'

const run = promisify(execFile)

const NODE = { version: '24.0.0', needed: '22.19', fits: true }

describe('doctor', () => {
  const path = useTemporaryDirectory()
  let sound: string

  const look = async (dir: string): Promise<Finding[]> => runChecks(CHECKS, await examine({ dir, env: {}, clock: systemClock, node: NODE }), () => {})
  const of = (findings: Finding[], check: string): Finding[] => findings.filter(finding => finding.check === check)
  let copies = 0

  /** A site like any other, to break */
  const site = async (): Promise<string> => {
    const dir = path(`copy-${copies++}`)
    await cp(sound, dir, { recursive: true })

    return dir
  }

  before(async () => {
    sound = path('sound')
    const ran = await beam(['init', '--network', 'study.example', '--site', 'hub', '--dir', sound, '--recovery-file', path('hub.key'), '--listen', '/ip4/127.0.0.1/tcp/0', '--api-port', '0'])
    expect(ran.code, ran.stderr).to.equal(0)
  })

  it('finds nothing wrong with a sound site at rest, and says what it looked at', async () => {
    const findings = await look(sound)

    expect(findings.filter(({ level }) => level === 'error' || level === 'warning')).to.deep.equal([])
    expect(new Set(findings.map(({ check }) => check))).to.include.keys('Node', 'data directory', 'key files', 'configuration', 'free space', 'fsync', 'daemon', 'store', 'clock', 'admission', 'roster', 'outbox')
    expect(of(findings, 'store')[0].found).to.include('was read through and is whole')
    expect(of(findings, 'admission')[0].found).to.match(/^hub\.study\.example is a member for \d+ more days$/)
    expect(of(findings, 'fsync')[0].found).to.match(/^\d+\.\d\d ms for 4 KiB \(median of 15/)
  })

  it('names a directory that is not there, or is a file', async () => {
    expect(of(await look(path('nothing')), 'data directory')[0]).to.deep.include({ level: 'error', found: `${path('nothing')} is not there` })
    await writeFile(path('file'), '')
    const findings = await look(path('file'))
    expect(of(findings, 'data directory')[0]).to.deep.include({ level: 'error', found: `${path('file')} is not a directory` })
    expect(worst(findings)).to.equal('error')
  })

  it('finds directories and keys that others can use, and keys that are missing', async () => {
    const dir = await site()
    await chmod(dir, 0o755)
    await chmod(`${dir}/keys/site.key`, 0o644)
    await rm(`${dir}/keys/network.secret`)
    const findings = await look(dir)

    expect(of(findings, 'data directory')).to.deep.equal([{ check: 'data directory', level: 'warning', found: `${dir} can be entered by other users of this machine (mode 755)`, mend: `chmod 700 ${dir}` }])
    expect(of(findings, 'key files').map(({ level, found }) => `${level} ${found}`)).to.deep.equal([
      `error ${dir}/keys/network.secret is missing`,
      `error ${dir}/keys/site.key can be used by others than its owner (mode 644): the daemon does not start with it`
    ])
    await chmod(dir, 0o700)
  })

  it('finds a directory of another user', async function () {
    if (process.getuid?.() !== 0) {
      skip(this, 'only root gives files away')
    }

    const dir = await site()
    await run('chown', ['65534', `${dir}/data`])
    expect(of(await look(dir), 'data directory')[0]).to.deep.include({ level: 'error', mend: `run this and the daemon as the same user, or: chown -R 0 ${dir}/data` })
  })

  it('repeats what is wrong with the configuration, and warns of an open API', async () => {
    const dir = await site()
    await writeFile(`${dir}/config.yaml`, 'api:\n  port: 99999\n', { mode: 0o600 })
    const wrong = await look(dir)
    expect(of(wrong, 'configuration')[0]).to.have.property('level', 'error')
    expect(of(wrong, 'configuration')[0].found).to.include('api.port')
    expect(of(wrong, 'ports')[0].level).to.equal('notice')

    await writeFile(`${dir}/config.yaml`, 'api:\n  host: 0.0.0.0\n  port: 0\n', { mode: 0o600 })
    expect(of(await look(dir), 'configuration')[0]).to.have.property('level', 'warning')
  })

  it('finds that the disk is nearly full', async function () {
    const dir = path('tiny')
    await mkdir(dir, { mode: 0o700 })

    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=700', 'tmpfs', dir])
    } catch (err) {
      skip(this, `a small file system cannot be mounted: ${String(err)}`)
    }

    try {
      await cp(sound, dir, { recursive: true })
      const findings = await look(dir)
      expect(of(findings, 'free space')[0]).to.have.property('level', 'error')
      expect(of(findings, 'free space')[0].found).to.match(/^[0-2] MiB left/)
    } finally {
      await run('umount', [dir])
    }
  })

  it('finds a port that another program has', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const dir = await site()
    await writeFile(`${dir}/config.yaml`, `api:\n  port: ${port}\nnetwork:\n  listen: [/ip4/192.0.2.1/tcp/8091]\n`, { mode: 0o600 })
    const findings = of(await look(dir), 'ports')
    server.close()

    expect(findings[0]).to.deep.include({ level: 'error', found: `127.0.0.1:${port} cannot be bound for api.port: another program uses it already` })
    expect(findings[1]).to.deep.include({ level: 'error', found: '192.0.2.1:8091 cannot be bound for network.listen: this machine has no such address' })
    await once(server, 'close')
    expect(of(await look(dir), 'ports')[0]).to.deep.include({ level: 'ok', found: `127.0.0.1:${port} is free for api.port` })
  })

  it('finds a clock that fell behind, mail that waits for long, and a site that cannot be reached', async () => {
    const dir = await site()
    const now = Date.now()
    await withStore(dir, async store => {
      await store.touchClock({ now: now + 7_200_000 })
      const input = creation({ creator: 'hub.study.example', from: 'app.hub.study.example', to: ['app.north.study.example'], expires: now + 86_400_000 }, { self: 'hub.study.example', now: now - 7_200_000 })
      await store.createTask({ ...input, deliveries: [{ ...input.deliveries[0], site: 'north.study.example' }] })
    })
    const findings = await look(dir)

    expect(of(findings, 'clock')[0]).to.have.property('level', 'error')
    expect(of(findings, 'clock')[0].found).to.match(/^is 7[12]\d\d s behind what it showed before/)
    expect(of(findings, 'clock')[0].mend).to.include('beam-node clock accept')
    expect(of(findings, 'outbox')[0]).to.deep.include({ level: 'warning', found: '1 queued; the oldest, for north.study.example, waits for 2 h' })
    expect(of(findings, 'other sites')[0].found).to.equal('none are members yet')
  })

  it('finds a damaged store, and one that is missing', async () => {
    const dir = await site()
    const { store } = layout(dir)
    const { size } = await stat(store)
    await truncate(store, Math.floor(size / 2))
    expect(of(await look(dir), 'store')[0]).to.have.property('level', 'error')

    const empty = await site()
    await rename(layout(empty).store, `${empty}/away`)
    const findings = await look(empty)
    expect(of(findings, 'store')[0]).to.have.property('level', 'error')
    expect(worst(findings)).to.equal('error')
  })

  it('does not open a store of an older version', async () => {
    const dir = await site()
    const { DatabaseSync } = await import('node:sqlite')
    const db = new DatabaseSync(layout(dir).store)
    db.exec('PRAGMA user_version = 0; PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    expect(of(await look(dir), 'store')[0]).to.deep.include({ level: 'notice' })
    expect(of(await look(dir), 'store')[0].found).to.include('older version')
  })

  describe('with a running daemon', () => {
    it('asks it, ends by severity, and prints one JSON value', async function () {
      this.timeout(60_000)
      const dir = await site()
      const daemon = await startDaemon(dir)

      try {
        const invited = await beam(['invite', '--site', 'north', '--json', '--dir', dir])
        await beam(['join', invited.json().ticket, '--dir', path('north')])
        const well = await beam(['doctor', '--json', '--dir', dir])
        const { running, level, findings } = well.json() as { running: boolean, level: string, findings: Finding[] }

        expect({ code: well.code, running, stderr: well.stderr }).to.deep.equal({ code: 0, running: true, stderr: '' })
        expect(level).to.equal('notice')
        expect(of(findings, 'ports').map(({ level }) => level)).to.deep.equal(['ok'])
        expect(of(findings, 'other sites')[0]).to.deep.include({ level: 'notice' })

        // an address that nobody listens at, and a port of its own that was closed: as the daemon knows them
        await chmod(`${dir}/data`, 0o750)
        const warned = await beam(['doctor', '--dir', dir])
        expect(warned).to.include({ code: 12 })
        expect(warned.stdout).to.include(`→ chmod 700 ${dir}/data`).and.to.match(/0 errors, 1 warnings/)
        expect(warned.stderr).to.include('checking fsync …')

        expect((await beam(['revoke', 'north', '--dir', dir])).code).to.equal(0)
      } finally {
        daemon.child.kill('SIGTERM')
        await daemon.ended
      }

      await rm(`${dir}/keys/peer.key`)
      expect(await beam(['doctor', '--dir', dir])).to.include({ code: 13 })
    })
  })
})
