import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { layout } from '../../src/config/layout.ts'
import { takeLock } from '../../src/control/lock.ts'
import { beam, useTemporaryDirectory } from './support.ts'
import type { Ran } from './support.ts'

describe('cli: a data directory at rest', () => {
  const path = useTemporaryDirectory()
  let founded: Ran

  before(async () => {
    founded = await beam(['init', '--network', 'study.example', '--site', 'hub', '--dir', path('hub'), '--recovery-file', path('recovery.key'), '--organization', 'Uni', '--api-port', '0', '--json'])
  })

  const on = async (...args: string[]): Promise<Ran> => beam([...args, '--dir', path('hub')])

  it('init founds a network, keeps keys private, and tells what to do with the recovery key', async () => {
    expect(founded).to.include({ code: 0, stderr: '' })
    expect(founded.json()).to.deep.include({ id: 'hub.study.example', network: 'study.example', dir: path('hub'), recoveryFile: path('recovery.key') })
    expect(founded.json().fingerprint).to.match(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/)

    for (const file of [path('recovery.key'), path('hub', 'keys', 'site.key'), path('hub', 'keys', 'authority.key'), path('hub', 'network.json'), path('hub', 'config.yaml')]) {
      expect((await stat(file)).mode & 0o777, file).to.equal(0o600)
    }

    expect((await stat(path('hub', 'keys'))).mode & 0o777).to.equal(0o700)

    const other = await beam(['init', '--network', 'n2', '--site', 's', '--dir', path('other')], { cwd: path() })

    expect(other.stdout).to.match(/^id +s\.n2$/m).and.to.match(/^recovery key +.*n2-recovery\.key$/m)
    expect(other.stderr).to.match(/offline/)
  })

  it('init writes what it was told into config.yaml, and listens by default', async () => {
    const shown = (await on('config', 'show', '--json')).json()

    expect(shown.values['api.port']).to.deep.equal({ value: 0, source: 'file' })
    expect(shown.values['network.listen']).to.deep.equal({ value: ['/ip4/0.0.0.0/tcp/8091'], source: 'file' })
  })

  it('init never overwrites', async () => {
    const before = await readFile(path('hub', 'keys', 'site.key'), 'utf8')
    const again = await on('init', '--network', 'x', '--site', 'y', '--recovery-file', path('r2.key'), '--json')

    expect(again).to.include({ code: 6, stdout: '' })
    expect(again.error()).to.have.property('code', 'CONFLICT')
    expect(await readFile(path('hub', 'keys', 'site.key'), 'utf8')).to.equal(before)

    const taken = await beam(['init', '--network', 'x', '--site', 'y', '--dir', path('third'), '--recovery-file', path('recovery.key')])

    expect(taken.code).to.equal(6)
    expect(taken.stderr).to.include('never overwritten')

    const inside = await beam(['init', '--network', 'x', '--site', 'y', '--dir', path('fourth'), '--recovery-file', path('fourth', 'r.key')])

    expect(inside).to.include({ code: 2 }).with.property('stderr').that.includes('must not lie in the data directory')
  })

  it('id and members answer without a daemon', async () => {
    expect((await on('id', '--json')).json()).to.include({ id: 'hub.study.example', network: 'study.example', authority: true, fingerprint: founded.json().fingerprint })
    expect((await on('id')).stdout).to.match(/^fingerprint +[0-9a-f-]+$/m)

    const members = (await on('members', '--json')).json()

    expect(members).to.have.lengthOf(1)
    expect(members[0]).to.deep.include({ site: 'hub.study.example', standing: 'member', organization: 'Uni', capabilities: ['*'] })
    expect((await on('members')).stdout).to.match(/^SITE +STANDING +ORGANIZATION.*\nhub\.study\.example +member +Uni +\d{4}-/)
  })

  it('app add, list, rotate-key and remove work without a daemon', async () => {
    const added = (await on('app', 'add', 'analysis', '--json')).json()

    expect(added.id).to.equal('analysis.hub.study.example')
    expect(added.key).to.match(/^[\w-]{43}$/)
    expect(await on('app', 'add', 'analysis')).to.include({ code: 6, stdout: '' })

    const rotated = await on('app', 'rotate-key', 'analysis')

    expect(rotated.stdout).to.match(/^[\w-]{43}\n$/).and.to.not.include(added.key)

    await writeFile(path('chosen.key'), 'a-long-enough-chosen-key\n')
    expect(await on('app', 'rotate-key', 'analysis', '--key-file', path('chosen.key'))).to.include({ code: 0 })
    expect(await beam(['app', 'add', 'piped', '--key-file', '-', '--dir', path('hub'), '--json'], { stdin: 'another-long-chosen-key\n' })).to.include({ code: 0, stderr: '' })
    expect((await on('app', 'list', '--json')).json().map((app: any) => app.id).sort()).to.deep.equal(['analysis.hub.study.example', 'piped.hub.study.example'])

    expect((await on('app', 'remove', 'analysis', '--json')).json()).to.deep.equal({ removed: 'analysis.hub.study.example' })
    expect(await on('app', 'remove', 'analysis')).to.include({ code: 7, stdout: '' })
    expect(await on('app', 'rotate-key', 'analysis')).to.include({ code: 7 })
    expect(await on('app', 'add', 'not a name')).to.include({ code: 2 })
    expect(await on('app', 'add', 'x', '--key-file', path('none'))).to.include({ code: 2 })

    const database = await readFile(path('hub', 'data', 'beam.sqlite'))

    expect(database.includes('another-long-chosen-key')).to.equal(false)
  })

  it('says with exit code 3 that no daemon runs, for what needs one', async () => {
    for (const args of [['status'], ['stop'], ['peers'], ['tasks', 'list'], ['tasks', 'show', '70c0aa90-bfcf-4312-a6af-42cbd57dc0b8'], ['invite', '--site', 'n'], ['revoke', 'n']]) {
      const ran = await on(...args, '--json')

      expect(ran, args.join(' ')).to.include({ code: 3, stdout: '' })
      expect(ran.error()).to.deep.equal({ code: 'NOT_RUNNING', message: `no daemon is running on ${path('hub')}; start it with: beam-node start --dir ${path('hub')}` })
    }
  })

  it('says what to do when a directory belongs to no network', async () => {
    for (const args of [['start'], ['id'], ['app', 'list']]) {
      const ran = await beam([...args, '--dir', path('empty')])

      expect(ran).to.include({ code: 7, stdout: '' })
      expect(ran.stderr).to.match(/belongs to no network yet.*beam-node init.*beam-node join/)
    }
  })

  it('refuses a second process on the same directory, naming the first', async () => {
    const lock = await takeLock(layout(path('hub')))

    try {
      for (const args of [['id'], ['app', 'list'], ['start']]) {
        const ran = await on(...args)

        expect(ran, args[0]).to.include({ code: 6, stdout: '' })
        expect(ran.stderr).to.include(`using ${path('hub')} already (process ${process.pid})`)
      }
    } finally {
      lock.release()
    }

    expect(await on('id')).to.include({ code: 0 })
  })

  it('refuses key files that others can read, and says how to change that', async () => {
    const file = join(path('hub'), 'keys', 'site.key')
    await chmod(file, 0o640)

    try {
      for (const args of [['start'], ['id']]) {
        const ran = await on(...args)

        expect(ran).to.include({ code: 11, stdout: '' })
        expect(ran.stderr).to.match(/site\.key can be used by others .*chmod 600/).and.not.match(/\n\s+at /)
      }
    } finally {
      await chmod(file, 0o600)
    }
  })

  it('refuses a wrong configuration before anything starts', async () => {
    expect(await beam(['start', '--dir', path('hub')], { env: { BEAM_NODE_API_PROT: '1' } })).to.include({ code: 2 }).with.property('stderr').that.matches(/did you mean "BEAM_NODE_API_PORT"/)
    expect(await on('start', '--config', path('none.yaml'))).to.include({ code: 7 })
  })
})
