import { expect } from 'aegir/chai'
import { call, startApi } from './helpers/api.ts'
import type { TestApi } from './helpers/api.ts'

const AT = 1_700_000_000_000
const THEN = '2023-11-14T22:13:20.000Z'

describe('http: GET /v1/peers', () => {
  let api: TestApi

  before(async () => { api = await startApi() })
  after(async () => { await api.close() })

  it('tells of each other member how it is reached, how fast, and why not directly', async () => {
    api.standings.set('proxy4.broker', 'member')
    api.peers.push({ site: 'proxy2.broker', peerId: '12D', path: 'relay', via: 'proxy9.broker', address: '/x', direction: 'inbound', rtt: 2, rttP95: 5, since: AT, bytesIn: 1, bytesOut: 2, queue: 3, clockOffset: 0 })
    api.paths.set('proxy2.broker', { whyNotDirect: { reason: 'refused', detail: 'connect ECONNREFUSED', at: AT }, history: [{ at: AT, path: 'relay', via: 'proxy9.broker' }] })
    api.paths.set('proxy4.broker', { whyNotDirect: { reason: 'no address' }, history: [{ at: AT, path: 'none' }] })

    expect(JSON.parse((await call(api.url, '/v1/peers')).text)).to.deep.equal([
      {
        id: 'proxy2.broker',
        online: true,
        path: 'relay',
        via: 'proxy9.broker',
        address: '/x',
        direction: 'inbound',
        rtt: { p50: 2, p95: 5 },
        since: THEN,
        bytesIn: 1,
        bytesOut: 2,
        queue: 3,
        whyNotDirect: { reason: 'refused', detail: 'connect ECONNREFUSED', at: THEN },
        history: [{ at: THEN, path: 'relay', via: 'proxy9.broker' }]
      },
      { id: 'proxy4.broker', online: false, whyNotDirect: { reason: 'no address' }, history: [{ at: THEN, path: 'none' }] }
    ])
  })

  it('is for apps only', async () => {
    expect((await call(api.url, '/v1/peers', { app: '' })).status).to.equal(401)
  })
})
