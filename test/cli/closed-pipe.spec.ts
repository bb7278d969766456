import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect } from 'aegir/chai'
import { beam, BIN, cleanEnv, useTemporaryDirectory } from './support.ts'

describe('cli: a reader that goes away', () => {
  const path = useTemporaryDirectory()

  before(async () => {
    await beam(['init', '--network', 'study', '--site', 'hub', '--dir', path('hub'), '--recovery-file', path('r.key'), '--api-port', '0', '--listen', '/ip4/127.0.0.1/tcp/0', '--network-reachable', 'yes'])
  })

  it('does not end a daemon in the middle of its stop', async () => {
    const child = spawn(process.execPath, [BIN, 'start', '--dir', path('hub')], { env: cleanEnv(), stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) => { child.once('exit', (code, signal) => { resolve(signal ?? code) }) })

    try {
      await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve)
        void ended.then(code => { reject(new Error(`the daemon ended with ${code}`)) })
      })
      expect(existsSync(path('hub', 'run', 'pid'))).to.equal(true)
      child.stdout.destroy()
      child.stderr.destroy()
      child.kill('SIGTERM')

      expect(await ended).to.equal(0)
      // the last step was done too: the lock is given back
      expect(existsSync(path('hub', 'run', 'pid'))).to.equal(false)
    } finally {
      child.kill('SIGKILL')
    }
  })
})
