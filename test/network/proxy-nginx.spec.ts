import { execFile, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'aegir/chai'
import { skip } from '../skip.ts'
import { authority, forwardProxy } from './helpers/forward-proxy.ts'
import { dialing, listening, TestNetwork, until } from './helpers/sites.ts'
import type { AddressInfo } from 'node:net'

const run = promisify(execFile)
const EXAMPLE = new URL('../../config/nginx-beam.conf', import.meta.url)

async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => { server.close(resolve) })

  return port
}

async function listens (port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => { resolve(false) })
  })
}

describe('proxy: a relay behind the operator\'s nginx', function () {
  this.timeout(30_000)

  it('config/nginx-beam.conf as it stands, with other names and ports: a site joins and is linked', async function () {
    try {
      await run('nginx', ['-v'])
    } catch {
      skip(this, 'nginx is not on this machine')
    }

    const name = 'relay.example.org'
    const ca = await authority('Study Root')
    const port = await freePort()
    const network = await TestNetwork.found({ config: listening({ listen: ['/ip4/127.0.0.1/tcp/0/ws'], announce: [`/dns4/${name}/tcp/443/wss`] }) })
    const proxy = await forwardProxy({ names: { [`${name}:443`]: port } })
    const backend = /\/tcp\/(\d+)/.exec(network.founder.network.node.services.listeners.bound()[0])?.[1] ?? ''
    const { files } = await ca.issue(name)
    const example = await readFile(EXAMPLE, 'utf8')
    const changed = example
      .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace('/etc/ssl/relay.example.org/fullchain.pem', files.cert)
      .replace('/etc/ssl/relay.example.org/privkey.pem', files.key)
      .replace('127.0.0.1:8092;', `127.0.0.1:${backend};`)
    const conf = join(ca.dir, 'nginx.conf')
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    await mkdir(join(ca.dir, 'tmp'))
    await writeFile(join(ca.dir, 'beam.conf'), changed)
    await writeFile(conf, `daemon off; worker_processes 1; pid ${ca.dir}/pid; error_log ${ca.dir}/error.log;
events { worker_connections 64; }
http { access_log ${ca.dir}/access.log; ${paths.map(path => `${path}_temp_path ${ca.dir}/tmp/${path};`).join(' ')} include ${ca.dir}/beam.conf; }
`)
    const nginx = spawn('nginx', ['-p', ca.dir, '-c', conf, '-e', join(ca.dir, 'error.log')], { stdio: 'ignore' })
    const ended = new Promise(resolve => { nginx.once('exit', resolve) })

    try {
      for (let left = 100; !await listens(port); left--) {
        expect(left, await readFile(join(ca.dir, 'error.log'), 'utf8').catch(() => '')).to.be.above(0)
        await sleep(50)
      }

      const config = dialing()
      const site = await network.join('site', { config: { ...config, network: { ...config.network, proxy: `http://127.0.0.1:${proxy.port}`, ca: ca.file } } })
      await until(() => site.network.links.isUp(network.founder.id), 'linked')
      expect(site.network.peers()[0].address).to.include(`/dns4/${name}/tcp/443/wss`)
      expect(site.network.links.send(network.founder.id, { ask: { id: 1, kind: 1, body: new Uint8Array() } })).to.equal(true)
    } finally {
      await network.stop()
      await proxy.close()
      nginx.kill('SIGTERM')
      await ended
      await ca.remove()
    }
  })
})
