/**
 * Every route that there is, found in the API's own document and not in a list that
 * someone has to keep: whatever is added is checked too.
 */
import { randomUUID } from 'node:crypto'
import { expect } from 'aegir/chai'
import { startMetered } from '../metrics/kit.ts'
import { APP1, authorization, startApi } from './helpers/api.ts'
import { exchange } from './helpers/raw.ts'
import { WHOLE } from './helpers/whole.ts'
import type { TestApi } from './helpers/api.ts'
import type { Metered } from '../metrics/kit.ts'

/** Left out of the document because it is the document */
const HIDDEN = [{ method: 'GET', path: '/openapi.json' }]

describe('http: every route', () => {
  let api: TestApi
  let metered: Metered
  let port: string
  const routes: Array<{ method: string, path: string }> = []

  before(async () => {
    metered = await startMetered()
    api = await startApi({ ...WHOLE, metrics: metered.metrics })
    port = new URL(api.url).port
    const { paths } = await (await fetch(`${api.url}/openapi.json`)).json() as { paths: Record<string, Record<string, unknown>> }

    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        routes.push({ method: method.toUpperCase(), path: path.replaceAll(/\{(\w+)\}/g, (_, name) => name === 'app_id' ? APP1 : randomUUID()) })
      }
    }

    for (const route of [...routes, ...HIDDEN].filter(({ method }) => method === 'GET')) {
      routes.push({ ...route, method: 'HEAD' })
    }

    routes.push(...HIDDEN, ...['/', '/nope', '/v1/tasks/%zz', '*'].flatMap((path) => ['GET', 'OPTIONS', 'POST'].map((method) => ({ method, path }))))
  })
  after(async () => {
    await api.close()
    await metered.end()
  })

  /** Status of a request with exactly these lines */
  const status = async (line: string, ...headers: string[]): Promise<number> => {
    const answer = await exchange(api.url, [`${line} HTTP/1.1`, ...headers, `authorization: ${authorization().authorization}`, 'connection: close', '', ''].join('\r\n'))

    return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
  }

  it('is in the document', () => {
    expect(routes.map(({ path }) => path)).to.include.members(['/v1/tasks', '/v1/health', '/v1/ready', '/metrics', '/v1/workers', '/v1/sites', '/v1/events', '/v1/bodies'])
    expect(routes.map(({ method }) => method)).to.include.members(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
    expect(routes.length).to.be.greaterThan(25)
  })

  it('refuses what a browser may have been talked into', async () => {
    const host = `localhost:${port}`
    const bad: Record<string, string[]> = {
      'a name that is not ours': ['host: evil.example'],
      'no Host': [],
      'two Hosts': [`host: ${host}`, 'host: evil.example'],
      'two of the same': [`host: ${host}`, `HOST: ${host}`],
      'a page elsewhere': [`host: ${host}`, 'origin: https://evil.example'],
      'a page without origin': [`host: ${host}`, 'origin: null'],
      'another port of this machine': [`host: ${host}`, 'origin: http://localhost:1'],
      'two Origins': [`host: ${host}`, `origin: http://${host}`, 'origin: https://evil.example'],
      'cross-site': [`host: ${host}`, 'sec-fetch-site: cross-site'],
      'same-site': [`host: ${host}`, 'sec-fetch-site: same-site'],
      both: [`host: ${host}`, 'sec-fetch-site: same-origin', 'sec-fetch-site: cross-site'],
      'an upgrade from elsewhere': [`host: ${host}`, 'connection: upgrade', 'upgrade: websocket', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version: 13', 'origin: https://evil.example'],
      'another expectation, from elsewhere': [`host: ${host}`, 'expect: 200-ok', 'origin: https://evil.example'],
      'a body to come, from elsewhere': [`host: ${host}`, 'expect: 100-continue', 'content-length: 10', 'origin: https://evil.example']
    }

    for (const { method, path } of routes) {
      const told = await Promise.all(Object.entries(bad).map(async ([name, headers]) => [name, await status(`${method} ${path}`, ...headers)]))

      expect(Object.fromEntries(told), `${method} ${path}`).to.deep.equal(Object.fromEntries(Object.keys(bad).map((name) => [name, 403])))
    }
  })

  it('refuses absolute targets of another host, whatever Host says', async () => {
    for (const { method, path } of routes.filter(({ path }) => path.startsWith('/'))) {
      for (const authority of ['evil.example', `evil.example:${port}`, 'localhost@evil.example', 'evil@localhost']) {
        expect(await status(`${method} http://${authority}${path}`, 'host: localhost'), `${method} ${authority}${path}`).to.equal(403)
      }
    }
  })

  it('opens no tunnel and changes to no other protocol', async () => {
    expect(await exchange(api.url, `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nhost: localhost\r\n\r\n`, undefined, 500)).to.not.match(/^HTTP\/1\.1 2/)

    for (const { method, path } of routes) {
      const answer = await status(`${method} ${path}`, 'host: localhost', 'upgrade: websocket', 'connection: upgrade')

      expect(answer, `${method} ${path}`).to.not.equal(101)
    }
  })
})
