import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'aegir/chai'
import { skip } from '../skip.ts'
import { startApi } from './helpers/api.ts'

const run = promisify(execFile)

describe('http: TLS', () => {
  let dir: string

  before(async () => { dir = await mkdtemp(join(tmpdir(), 'beam-tls-')) })
  after(async () => { await rm(dir, { recursive: true }) })

  it('serves HTTPS with the configured certificate, to pages of its own origin only', async function () {
    const tls = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }

    try {
      await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', tls.key, '-out', tls.cert])
    } catch {
      skip(this, 'openssl is not on this machine')
    }

    const api = await startApi({ api: { tls } })
    const ca = await readFile(tls.cert)
    const get = async (headers: Record<string, string>): Promise<number> => {
      const outgoing = request(`${api.url}/v1/health`, { ca, headers, agent: false, servername: '', checkServerIdentity: () => undefined })

      outgoing.end()

      const [response] = await once(outgoing, 'response')

      response.resume()

      return response.statusCode
    }

    expect(api.url).to.match(/^https:/)
    expect(await get({})).to.equal(200)
    expect(await get({ origin: api.url })).to.equal(200)
    expect(await get({ origin: api.url.replace('https', 'http') })).to.equal(403)
    expect(await get({ host: 'evil.example' })).to.equal(403)
    await api.close()
  })

  it('names the file that cannot be read', async () => {
    await expect(startApi({ api: { tls: { cert: join(dir, 'none.pem'), key: join(dir, 'none.pem') } } })).to.eventually.be.rejectedWith(/^api\.tls\.cert must be a PEM file that can be read: ENOENT/)
  })
})
