import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'aegir/chai'
import { startLab } from '../../src/lab/start-lab.ts'
import { beam } from '../cli/support.ts'
import { install } from './installed.ts'
import type { Installed } from './installed.ts'

describe('the bundle of the installed package', function () {
  this.timeout(60_000)

  let installed: Installed

  before(() => { installed = install() })
  after(() => { installed.remove() })

  it('runs without sources and without dependencies, store and API included', async () => {
    const lab = await startLab({ network: 'bundle', bin: installed.bin, sites: [{ name: 'site1', apiPort: 0 }, { name: 'site2', apiPort: 0 }], apps: [{ name: 'app', key: 'secret-of-the-bundle' }] })

    try {
      const [one, two] = lab.sites
      const [from, to] = [`app.${one.id}`, `app.${two.id}`]
      const call = async (api: string, app: string, path: string, body?: object): Promise<Response> => fetch(api + path, {
        method: body == null ? 'GET' : 'POST',
        headers: { authorization: `ApiKey ${app} secret-of-the-bundle`, 'content-type': 'application/json' },
        body: body == null ? undefined : JSON.stringify(body)
      })
      const task = { id: '11111111-2222-4333-8444-555555555555', from, to: [to], body: 'b', ttl: '60s', failure_strategy: 'discard', metadata: null }

      expect((await call(one.api, from, '/v1/tasks', { ...task, id: 'no' })).status).to.equal(400)
      expect((await call(one.api, from, '/v1/tasks', task)).status).to.equal(201)
      expect(await (await call(two.api, to, '/v1/tasks?filter=todo&wait_count=1&wait_time=20s')).json()).to.deep.equal([task])
      expect((await (await call(one.api, from, '/openapi.json')).json()).openapi).to.match(/^3\./)
      expect(await (await fetch(`${one.api}/metrics`)).text()).to.include('# TYPE')
    } finally {
      await lab.stop()
    }
  })

  it('knows its version, and names the licences of what is in it', async () => {
    const dir = dirname(installed.bin)
    const { version } = JSON.parse(readFileSync(join(dir, '..', '..', 'package.json'), 'utf8'))
    const bundle = join(dir, '..', '..', 'dist', 'bundle')

    expect((await beam(['--version'], { bin: installed.bin })).stdout.trim()).to.equal(version)
    expect(readdirSync(bundle)).to.include.members(['main.js', 'worker.js'])
    expect(readFileSync(join(bundle, 'LICENSES'), 'utf8')).to.match(/^fastify 5\.\S+: MIT$/m).and.to.match(/^libp2p 3\.\S+: Apache-2\.0 OR MIT$/m)
  })
})
