import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'aegir/chai'

const SCRIPT = fileURLToPath(new URL('../../scripts/ensure-installed.js', import.meta.url))

const LOCK = {
  '': { name: 'beam-node' },
  'node_modules/used': { version: '1.0.0' },
  'node_modules/tool': { version: '2.0.0', dev: true },
  'node_modules/node-elsewhere': { version: '24.0.0', optional: true }
}

/** Notes its arguments and installs what they ask for */
const NPM = `
  const { mkdirSync, writeFileSync, readFileSync } = require('node:fs')
  const dev = process.argv.includes('--include=dev')
  writeFileSync('npm-args', process.argv.slice(2).join(' '))
  const { packages } = JSON.parse(readFileSync('package-lock.json'))
  const there = Object.fromEntries(Object.entries(packages).filter(([path, entry]) => path !== '' && !entry.optional && (dev || !entry.dev)))
  for (const [path, entry] of Object.entries(there)) {
    mkdirSync(path, { recursive: true })
    writeFileSync(path + '/package.json', JSON.stringify(entry))
  }
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: there }))
  console.log('added some packages')
`

describe('scripts/ensure-installed.js', () => {
  let root: string
  /** What PATH finds as `node` outside node_modules/.bin */
  let own: string

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'beam-install-'))
    own = join(root, 'own')
    mkdirSync(join(root, 'scripts'))
    mkdirSync(own)
    copyFileSync(SCRIPT, join(root, 'scripts', 'ensure-installed.js'))
    writeFileSync(join(root, 'package.json'), '{"type":"module"}')
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: LOCK }))
    writeFileSync(join(root, 'npm-cli.cjs'), NPM)
    symlinkSync(process.execPath, join(own, 'node'))
  })

  afterEach(() => { rmSync(root, { recursive: true, force: true }) })

  function run (...args: string[]): { status: number | null, stdout: string, stderr: string } {
    return spawnSync(process.execPath, ['scripts/ensure-installed.js', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: `${join(root, 'node_modules', '.bin')}:${own}`, npm_execpath: join(root, 'npm-cli.cjs') }
    })
  }

  function fakeNode (path: string, version: string, code = 0): void {
    mkdirSync(dirname(path), { recursive: true })
    rmSync(path, { force: true })
    writeFileSync(path, `#!/bin/sh\necho ${version}\nexit ${code}\n`)
    chmodSync(path, 0o755)
  }

  it('installs what is missing, production packages only, and says so in a line', () => {
    const { status, stdout, stderr } = run()

    expect(status, stderr).to.equal(0)
    // a command's own output stays alone on stdout
    expect(stdout).to.equal('')
    expect(stderr).to.match(/^beam-node: installing dependencies with npm ci .*no finished node_modules/)
    expect(readFileSync(join(root, 'npm-args'), 'utf8')).to.include('ci --ignore-scripts').and.include('--omit=dev')
  })

  it('does nothing when all is there, and adds the tools when they are asked for', () => {
    run()
    rmSync(join(root, 'npm-args'))
    expect(run().stderr).to.not.include('installing')
    expect(existsSync(join(root, 'npm-args'))).to.equal(false)

    expect(run('--dev').stderr).to.include('tool 2.0.0 is not installed')
    expect(readFileSync(join(root, 'npm-args'), 'utf8')).to.include('--include=dev')
    expect(run('--dev').stderr).to.not.include('installing')
  })

  it('installs again when the lock file names another version', () => {
    run()
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { ...LOCK, 'node_modules/used': { version: '1.0.1' } } }))
    expect(run().stderr).to.include('used 1.0.1 is not installed')
  })

  it('takes the pinned Node without a word', () => {
    run()
    fakeNode(join(root, 'node_modules', '.bin', 'node'), 'v24.21.0')
    const { status, stderr } = run()

    expect([status, stderr]).to.deep.equal([0, ''])
  })

  it('takes the machine\'s own Node where the pinned one does not run', () => {
    const pinned = join(root, 'node_modules', '.bin', 'node')
    run()
    fakeNode(pinned, 'v24.21.0', 127)
    fakeNode(join(own, 'node'), 'v22.19.0')
    const { status, stderr } = run()

    expect(status).to.equal(0)
    expect(stderr).to.include('using this machine\'s v22.19.0')
    // it would have hidden the other
    expect(existsSync(pinned)).to.equal(false)
  })

  it('names the way out when no Node is new enough', () => {
    run()
    fakeNode(join(own, 'node'), 'v20.20.2')
    const { status, stderr } = run()

    expect(status).to.equal(1)
    expect(stderr).to.include('needs Node 22.19 or newer and found v20.20.2').and.include('npm ci --include=optional').and.include('nodejs.org')
  })

  it('names the way out when npm fails or the lock file is damaged', () => {
    writeFileSync(join(root, 'npm-cli.cjs'), 'process.exit(7)')
    expect(run().stderr).to.include('npm ci failed')

    writeFileSync(join(root, 'package-lock.json'), '{"pack')
    expect(run().stderr).to.include('package-lock.json is missing or damaged')
  })
})
