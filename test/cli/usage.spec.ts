import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { expect } from 'aegir/chai'
import { checkNode } from '../../src/cli/check-node.js'
import { COMMANDS } from '../../src/cli/cmds/index.ts'
import { run } from '../../src/cli/main.ts'
import { skipAnywhere } from '../skip.ts'
import { beam, useTemporaryDirectory } from './support.ts'

/** In this process: what commander alone decides needs no other */
async function inProcess (args: string[]): Promise<{ code: number, stdout: string, stderr: string }> {
  const out = { stdout: '', stderr: '' }
  const code = await run(args, {
    stdout: { write: (text: string) => { out.stdout += text } },
    stderr: { write: (text: string) => { out.stderr += text } }
  }, {})

  return { code, ...out }
}

describe('cli: usage', () => {
  const path = useTemporaryDirectory()

  it('prints its version', async () => {
    const { code, stdout } = await beam(['--version'])

    expect(code).to.equal(0)
    expect(stdout).to.match(/^\d+\.\d+\.\d+\n$/)
  })

  for (const { usage } of COMMANDS) {
    const words = usage.split(' ').filter(word => !word.startsWith('<'))

    it(`has --help with an example for ${words.join(' ')}`, async () => {
      const { code, stdout } = await inProcess([...words, '--help'])

      expect(code).to.equal(0)
      expect(stdout).to.include('--json').and.to.include('--dir').and.to.include(`$ beam-node ${words.join(' ')}`)
    })
  }

  it('suggests the nearest command and flag', async () => {
    expect(await inProcess(['statsu'])).to.include({ code: 2, stdout: '' }).with.property('stderr').that.matches(/unknown command 'statsu'\n\(Did you mean status\?\)/)
    expect(await inProcess(['app', 'ad', 'x'])).to.include({ code: 2 }).with.property('stderr').that.matches(/Did you mean add\?/)
    expect(await inProcess(['start', '--api-prot', '1'])).to.include({ code: 2 }).with.property('stderr').that.matches(/Did you mean --api-port\?/)
  })

  it('shows help without a command, as a failure', async () => {
    expect(await inProcess([])).to.include({ code: 2 }).with.property('stderr').that.includes('Usage: beam-node')
    expect(await inProcess(['app'])).to.include({ code: 2 }).with.property('stderr').that.includes('rotate-key')
  })

  it('says usage errors as JSON with --json', async () => {
    const { code, stdout, stderr } = await inProcess(['statsu', '--json'])

    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
    expect(JSON.parse(stderr)).to.have.nested.property('error.code', 'USAGE')
    expect(JSON.parse((await inProcess(['join', '--json'])).stderr)).to.have.nested.property('error.message').that.includes("missing required argument 'ticket'")
    expect(JSON.parse((await inProcess(['--json'])).stderr)).to.have.nested.property('error.message').that.includes('a command is missing')
  })

  it('shows no stack trace for wrong values', async () => {
    for (const args of [
      ['init', '--network', 'a b', '--site', 's'],
      ['init', '--network', 'n', '--site', 's.t'],
      ['init', '--network', 'n', '--site', 's', '--api-port', '99999'],
      ['init', '--network', 'n', '--site', 's', '--listen', 'here'],
      ['join', 'no-ticket'],
      ['invite', '--site', 'x y'],
      ['invite', '--site', 'x', '--lifetime', 'soon'],
      ['tasks', 'list', '--limit', '0'],
      ['config', 'show', '--log-level', 'loud'],
      ['lab', '--site', 'a=b'],
      ['lab', '--site', 'a=1', '--app', 'x'],
      ['lab', '--site', 'a', '--site', 'a']
    ]) {
      const { code, stdout, stderr } = await beam([...args, '--dir', path('nothing')])

      expect(code, args.join(' ')).to.equal(2)
      expect(stdout).to.equal('')
      expect(stderr).to.match(/^beam-node: .+\n$/).and.not.match(/\n\s+at /)
    }

    expect(existsSync(path('nothing'))).to.equal(false)
  })

  it('takes --dir, --config and --json before the command as well as behind it', async () => {
    await writeFile(path('before.yaml'), 'api:\n  port: 1234\n')

    for (const args of [
      ['--dir', path('d'), '--config', path('before.yaml'), '--json', 'config', 'show'],
      ['config', 'show', '--dir', path('d'), '--config', path('before.yaml'), '--json'],
      ['--json', '--dir', path('other'), 'config', 'show', '--config', path('before.yaml'), '--dir', path('d')]
    ]) {
      const { values } = JSON.parse((await inProcess(args)).stdout)

      expect(values.dir.value, args.join(' ')).to.equal(path('d'))
      expect(values['api.port'].value, args.join(' ')).to.equal(1234)
    }
  })

  it('says that a data directory is none, whatever the command', async () => {
    await writeFile(path('file'), '')

    for (const words of ['status', 'id', 'start', 'stop', 'members', 'config show', 'app list', 'tasks list', 'outbox list']) {
      for (const dir of [path('file'), path('file', 'below')]) {
        const { code, stderr } = await beam([...words.split(' '), '--dir', dir])

        expect({ code, stderr }, words).to.deep.equal({ code: 2, stderr: `beam-node: --dir must be a directory: ${dir}, or a part of that path, is a file\n` })
      }
    }
  })

  it('says which Node it needs', () => {
    expect(checkNode('22.19.0')).to.equal(undefined)
    expect(checkNode('24.0.0')).to.equal(undefined)

    for (const old of ['22.18.9', '20.20.2', '12.22.0']) {
      expect(checkNode(old)).to.match(/needs Node 22\.19 or newer, this is .*npm run beam-node.*nodejs\.org/s)
    }
  })

  it('says so on an old Node of this machine', async function () {
    const old = ['/usr/bin/node', '/usr/local/bin/node'].find(existsSync)
    const version = old == null ? undefined : (await beam(['--version'], { node: old }))

    if (old == null || version?.code === 0) {
      skipAnywhere(this, 'no Node older than 22.19 is on this machine')
    }

    expect(await beam(['status'], { node: old })).to.include({ code: 10, stdout: '' }).with.property('stderr').that.matches(/^beam-node needs Node 22\.19/)
    expect((await beam(['status', '--json'], { node: old })).error()).to.have.property('code', 'NODE_TOO_OLD')
  })
})
