import { randomUUID } from 'node:crypto'
import { expect } from 'aegir/chai'
import { startLab } from './helpers/lab.ts'
import type { Lab } from './helpers/lab.ts'

const KEY = 'secret-of-the-paging-test'

interface Reply {
  status: number
  text: string
  items: Array<{ id: string, body: string, from: string, body_ref?: { size: number, sha256: string, url: string } }>
  next?: string
}

describe('lists in pages', function () {
  this.timeout(60_000)
  let lab: Lab
  let api: string
  let asker: string
  let worker: string
  const ids: string[] = []

  const call = async (app: string, path: string, init: { method?: string, body?: object } = {}): Promise<Reply> => {
    const response = await fetch(new URL(path, api), { method: init.method, headers: { authorization: `ApiKey ${app} ${KEY}` }, body: init.body == null ? undefined : JSON.stringify(init.body) })
    const text = await response.text()
    const next = /^<(.*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1]

    return { status: response.status, text, items: response.status === 200 ? JSON.parse(text) : [], next }
  }

  const walk = async (app: string, path: string): Promise<string[][]> => {
    const pages: string[][] = []
    let next: string | undefined = path

    while (next != null) {
      const page: Reply = await call(app, next)
      expect(page.status, page.text).to.equal(200)
      pages.push(page.items.map(({ id }) => id))
      next = page.next
    }

    return pages
  }

  const answer = async (id: string, status: string): Promise<void> => {
    const { status: code } = await call(worker, `/v1/tasks/${id}/results/${worker}`, { method: 'PUT', body: { from: worker, to: [asker], task: id, status, metadata: null, body: 'b' } })
    expect(code).to.be.oneOf([201, 204])
  }

  const post = async (): Promise<string> => {
    const id = randomUUID()
    expect((await call(asker, '/v1/tasks', { method: 'POST', body: { id, from: asker, to: [worker], body: 'question', ttl: '10m', failure_strategy: 'discard', metadata: null } })).status).to.equal(201)

    return id
  }

  before(async () => {
    lab = await startLab('pages', ['site1'], { asker: KEY, worker: KEY })
    api = lab.sites[0].api
    asker = `asker.${lab.sites[0].id}`
    worker = `worker.${lab.sites[0].id}`

    for (let i = 0; i < 10; i++) {
      ids.push(await post())
    }

    await answer(ids[1], 'claimed')
    await answer(ids[2], 'succeeded')
    await answer(ids[3], 'tempfailed')
  })

  after(async () => { await lab?.stop() })

  it('walks through all, in order, each once, and the last names no next', async () => {
    expect(await walk(worker, `/v1/tasks?to=${worker}&limit=4`)).to.deep.equal([ids.slice(0, 4), ids.slice(4, 8), ids.slice(8)])
    expect((await walk(asker, `/v1/tasks?from=${asker}&limit=3`)).flat()).to.deep.equal(ids)
    expect((await walk(asker, `/v1/tasks?from=${asker}&to=${asker}&limit=3`)).flat()).to.deep.equal(ids)
  })

  it('keeps its place while things change', async () => {
    const first = await call(worker, `/v1/tasks?to=${worker}&limit=5`)
    const late = await post()
    ids.push(late)
    const rest = await walk(worker, first.next ?? '')

    expect(rest.flat()).to.deep.equal(ids.slice(5))
  })

  it('narrows by state', async () => {
    const of = async (app: string, direction: string, state: string): Promise<string[]> => (await walk(app, `/v1/tasks?${direction}=${app}&state=${state}&limit=3`)).flat()

    expect(await of(worker, 'to', 'open')).to.deep.equal(ids.filter((id) => id !== ids[1] && id !== ids[2]))
    expect(await of(worker, 'to', 'claimed')).to.deep.equal([ids[1]])
    expect(await of(worker, 'to', 'answered')).to.deep.equal([ids[2]])
    expect(await of(asker, 'from', 'open')).to.deep.equal([ids[0], ...ids.slice(4)])
    expect(await of(asker, 'from', 'claimed')).to.deep.equal([ids[1], ids[3]])
    expect(await of(asker, 'from', 'answered')).to.deep.equal([ids[2]])
    expect((await walk(worker, '/v1/tasks?filter=todo&limit=100')).flat()).to.deep.equal(ids.filter((id) => id !== ids[1] && id !== ids[2]))
  })

  it('narrows by age', async () => {
    expect((await walk(worker, `/v1/tasks?to=${worker}&older_than=1h`)).flat()).to.be.empty()
    expect((await walk(worker, `/v1/tasks?to=${worker}&newer_than=1h`)).flat()).to.deep.equal(ids)
    expect((await walk(worker, `/v1/tasks?to=${worker}&older_than=0`)).flat()).to.deep.equal(ids)
    expect((await walk(worker, `/v1/tasks?to=${worker}&newer_than=0&limit=2`)).flat()).to.be.empty()
  })

  it('pages results, by state too', async () => {
    const path = `/v1/tasks/${ids[2]}/results`

    expect((await call(asker, `${path}?limit=10`)).items.map(({ from }) => from)).to.deep.equal([worker])
    expect((await call(asker, `${path}?state=claimed`)).items).to.be.empty()
    expect((await call(asker, `${path}?state=succeeded&bodies=none`)).items[0]).to.deep.include({ body: '', body_ref: { size: 1, sha256: '3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d', url: `${path}/${worker}/body` } })
    expect((await call(worker, `${path}?limit=10`)).status).to.equal(403)
  })

  it('leaves bodies out when asked to, also of Beam\'s own lists', async () => {
    for (const query of [`to=${worker}&bodies=none`, `to=${worker}&bodies=none&limit=1`]) {
      const [item] = (await call(worker, `/v1/tasks?${query}`)).items

      expect(item.body).to.equal('')
      expect(item.body_ref).to.include({ size: 8, url: `/v1/tasks/${ids[0]}/body` })
    }
  })

  it('is Beam\'s answer when nothing of this is asked for', async () => {
    const reply = await call(worker, `/v1/tasks?to=${worker}`)

    expect(reply.next).to.equal(undefined)
    expect(reply.items.map(({ id }) => id)).to.deep.equal(ids)
    expect(Object.keys(reply.items[0])).to.deep.equal(['body', 'failure_strategy', 'from', 'id', 'metadata', 'to', 'ttl'])
  })

  it('refuses what breaks a rule, naming it', async () => {
    for (const [query, named] of [
      ['limit=0', 'limit'], ['limit=1001', 'limit'], ['limit=ten', 'limit'], ['limit=1&limit=2', 'limit'],
      ['cursor=abc', 'cursor'], ['cursor=', 'cursor'], [`cursor=${Buffer.from('after -1').toString('base64url')}`, 'cursor'],
      ['state=done', 'state'], ['older_than=soon', 'older_than'], ['newer_than=', 'newer_than'], ['bodies=some', 'bodies'],
      ['limit=1&wait_count=1', 'wait_count'], ['state=open&wait_time=1s', 'wait_time']
    ]) {
      const { status, text } = await call(worker, `/v1/tasks?to=${worker}&${query}`)

      expect(status, query).to.equal(400)
      expect(text, query).to.include(`${named} must`)
    }
  })
})
