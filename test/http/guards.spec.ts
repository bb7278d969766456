import { expect } from 'aegir/chai'
import { APP1, authorization, call, KEY, newTask, startApi } from './helpers/api.ts'
import { exchange, rawRequest } from './helpers/raw.ts'
import type { TestApi } from './helpers/api.ts'

/** Every path that answers, and with what methods */
const ID = '70c0aa90-bfcf-4312-a6af-42cbd57dc0b8'
const ROUTES: Record<string, string[]> = {
  '/v1/tasks': ['GET', 'HEAD', 'POST'],
  [`/v1/tasks/${ID}`]: ['GET', 'HEAD', 'DELETE'],
  [`/v1/tasks/${ID}/results`]: ['GET', 'HEAD'],
  [`/v1/tasks/${ID}/deliveries`]: ['GET', 'HEAD'],
  [`/v1/tasks/${ID}/results/${APP1}`]: ['PUT'],
  '/v1/workers': ['GET', 'HEAD'],
  '/v1/workers/me': ['GET', 'HEAD', 'PUT', 'DELETE'],
  '/v1/sites': ['GET', 'HEAD'],
  '/v1/peers': ['GET', 'HEAD'],
  '/v1/health': ['GET', 'HEAD'],
  '/v1/ready': ['GET', 'HEAD'],
  '/openapi.json': ['GET', 'HEAD']
}
const OPEN = ['/v1/health', '/v1/ready', '/openapi.json']
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']

describe('http: guards', () => {
  let api: TestApi
  let port: string

  before(async () => {
    api = await startApi({ api: { hosts: ['beam.hospital.example', 'other:8081'] } })
    port = new URL(api.url).port
  })
  after(async () => { await api.close() })

  const everywhere = [...Object.keys(ROUTES), '/nope', '/v1/tasks/%zz', `/v1/tasks/${'x'.repeat(500)}`, '/']

  it('serves names and addresses that belong to the daemon, whatever the port', async () => {
    for (const host of ['localhost', `localhost:${port}`, 'LOCALHOST', '127.0.0.1', `127.0.0.1:${port}`, '127.1.2.3:1', '[::1]', '[::1]:8081', 'beam.hospital.example', 'Beam.Hospital.Example:443', 'other']) {
      expect((await rawRequest(api.url, '/v1/health', { host })).status, host).to.equal(200)
    }
  })

  it('refuses every other Host on every route, with a sentence', async () => {
    for (const host of ['evil.example', 'evil.example:8081', '127.0.0.1.evil.example', 'localhost.evil.example', '127.evil', '10.0.0.1', '[::2]', '0.0.0.0', 'localhost@evil']) {
      const { status, text } = await rawRequest(api.url, '/v1/health', { host, ...authorization() })

      expect(status, host).to.equal(403)
      expect(text, host).to.match(/^Host ".*" is not a name of this daemon: use localhost/)
    }

    for (const path of everywhere) {
      expect((await rawRequest(api.url, path, { host: 'evil.example', ...authorization() })).status, path).to.equal(403)
    }

    expect(await exchange(api.url, 'GET http://evil.example/v1/health HTTP/1.1\r\nhost: localhost\r\n\r\n', 'api.hosts')).to.match(/^HTTP\/1\.1 403 /)
    expect(await exchange(api.url, `GET http://localhost:${port}/v1/health HTTP/1.1\r\nhost: localhost\r\n\r\n`, '\r\n\r\n')).to.match(/^HTTP\/1\.1 200 /)
    expect(await exchange(api.url, 'GET /v1/health HTTP/1.1\r\nhost:\r\n\r\n', 'api.hosts')).to.match(/^HTTP\/1\.1 403 /)
    expect(await exchange(api.url, 'GET /v1/health HTTP/1.1\r\n\r\n', 'api.hosts')).to.match(/^HTTP\/1\.1 403 /)
    expect(await exchange(api.url, 'GET /v1/health HTTP/1.0\r\n\r\n')).to.match(/^HTTP\/1\.1 403 /)
    expect(await exchange(api.url, 'GET /v1/health HTTP/1.1\r\nhost: localhost\r\nhost: evil\r\n\r\n', 'one Host')).to.match(/^HTTP\/1\.1 403 /)
  })

  it('refuses pages of other origins on every route', async () => {
    const host = `localhost:${port}`

    const crossSite: Array<Record<string, string>> = [
      { origin: 'https://evil.example' }, { origin: 'null' }, { origin: 'http://localhost:1' }, { origin: `https://${host}` }, { origin: '' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'same-origin, cross-site' },
      { 'sec-fetch-site': 'cross-site', origin: `http://${host}` }
    ]
    const sameOrigin: Array<Record<string, string>> = [{ origin: `http://${host}` }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }]

    for (const headers of crossSite) {
      const { status, text } = await rawRequest(api.url, '/v1/health', { host, ...headers })

      expect({ status, text }, JSON.stringify(headers)).to.deep.equal({ status: 403, text: 'requests from web pages of another origin are refused' })
    }

    for (const path of everywhere) {
      expect((await rawRequest(api.url, path, { host, origin: 'https://evil.example', ...authorization() })).status, path).to.equal(403)
    }

    for (const headers of sameOrigin) {
      expect((await rawRequest(api.url, '/v1/health', { host, ...headers })).status, JSON.stringify(headers)).to.equal(200)
    }

    expect((await rawRequest(api.url, '/v1/tasks', { host, origin: 'https://evil.example', 'access-control-request-method': 'POST' }, 'OPTIONS')).headers).to.not.have.property('access-control-allow-origin')
  })

  it('asks for a key everywhere but for health, readiness and the API document', async () => {
    for (const [path, methods] of Object.entries(ROUTES)) {
      for (const method of methods) {
        const { status, headers, text } = await rawRequest(api.url, path, { host: 'localhost' }, method)

        if (OPEN.includes(path)) {
          expect(status, `${method} ${path}`).to.equal(200)
        } else {
          expect({ status, text, challenge: headers['www-authenticate'] }, `${method} ${path}`).to.deep.equal({ status: 401, text: '', challenge: 'ApiKey' })
        }
      }
    }
  })

  it('answers 401 to whatever is wrong with the header', async () => {
    for (const value of ['', 'ApiKey', `ApiKey ${APP1}`, `apikey ${APP1} ${KEY}`, `ApiKey ${APP1} wrong`, `ApiKey app9.proxy1.broker ${KEY}`, `ApiKey app1 ${KEY}`, `Basic ${APP1} ${KEY}`, `ApiKey  ${APP1} ${KEY}`]) {
      expect((await rawRequest(api.url, '/v1/tasks?filter=todo', { host: 'localhost', authorization: value })).status, value).to.equal(401)
    }

    expect((await rawRequest(api.url, '/v1/tasks?filter=todo', { host: 'localhost', authorization: `ApiKey ${APP1} ${KEY} and more` })).status).to.equal(200)
  })

  it('asks for the key before it reads the body', async () => {
    // the body is announced and never sent
    const answer = await exchange(api.url, 'POST /v1/tasks HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n', '\r\n\r\n')

    expect(answer).to.match(/^HTTP\/1\.1 401 /)
    expect((await call(api.url, '/v1/tasks', { method: 'POST', app: '', body: '{' })).status).to.equal(401)
  })

  it('answers 404 without a body to unknown paths, trailing slashes included', async () => {
    for (const path of ['/', '/v1', '/v1/', '/v1/tasks/', '/v1/task', '/V1/tasks', '/v1//tasks', '//v1/tasks', `/v1/tasks/${ID}/`, `/v1/tasks/${ID}/result`, `/v1/tasks/${ID}/results/`, '/v1/tasks//results', `/v1/tasks/${ID}/results/${APP1}/x`, '/v1/health/', '/v1/sockets', '/favicon.ico']) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PROPFIND']) {
        const { status, text } = await rawRequest(api.url, path, { host: 'localhost', ...authorization() }, method)

        expect({ status, text }, `${method} ${path}`).to.deep.equal({ status: 404, text: '' })
      }
    }
  })

  it('answers 405 with Allow to every wrong method of every known path', async () => {
    for (const [path, allowed] of Object.entries(ROUTES)) {
      for (const method of METHODS.filter((method) => !allowed.includes(method))) {
        const { status, headers, text } = await rawRequest(api.url, path, { host: 'localhost' }, method)

        expect({ status, text, allow: headers.allow }, `${method} ${path}`).to.deep.equal({ status: 405, text: '', allow: allowed.join(',') })
      }
    }
  })

  it('says nothing about its software and allows no other origin', async () => {
    const { headers } = await call(api.url, '/v1/tasks', { method: 'POST', body: newTask() })

    expect([...headers.keys()].sort((a, b) => a < b ? -1 : 1)).to.deep.equal(['connection', 'content-length', 'date', 'keep-alive', 'location'])
  })
})
