import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { expect } from 'aegir/chai'
import { startLab } from './helpers/lab.ts'
import type { Lab } from './helpers/lab.ts'
import type { IncomingMessage } from 'node:http'

const KEY = 'secret-of-the-bodies-test'
const MIB = 1_048_576

interface Reply {
  status: number
  text: string
  bytes: Buffer
  headers: Headers
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
const digest = (bytes: Uint8Array): string => `sha-256=:${sha256(bytes).toString('base64')}:`

describe('bodies as bytes', function () {
  this.timeout(60_000)
  let lab: Lab
  let api: string
  let asker: string
  let worker: string

  const call = async (app: string, method: string, path: string, body?: Uint8Array | object, headers: Record<string, string> = {}): Promise<Reply> => {
    const response = await fetch(new URL(path, api), {
      method,
      headers: { authorization: `ApiKey ${app} ${KEY}`, ...headers },
      body: body == null || body instanceof Uint8Array ? body as BodyInit | undefined : JSON.stringify(body)
    })
    const bytes = Buffer.from(await response.arrayBuffer())

    return { status: response.status, bytes, text: bytes.toString(), headers: response.headers }
  }

  const bring = async (app: string, bytes: Uint8Array, headers: Record<string, string> = {}): Promise<string> => {
    const reply = await call(app, 'POST', '/v1/bodies', bytes, headers)
    expect(reply.status, reply.text).to.equal(201)

    return JSON.parse(reply.text).id
  }

  const taskOf = (fields: object): object => ({ id: randomUUID(), from: asker, to: [worker], ttl: '10m', failure_strategy: 'discard', metadata: null, ...fields })
  const resultOf = (task: string, fields: object): object => ({ from: worker, to: [asker], task, status: 'succeeded', metadata: null, ...fields })

  const post = async (bytes: Uint8Array): Promise<string> => {
    const id = randomUUID()
    const reply = await call(asker, 'POST', '/v1/tasks', taskOf({ id, body_ref: await bring(asker, bytes) }))
    expect(reply.status, reply.text).to.equal(201)

    return id
  }

  before(async () => {
    lab = await startLab('bodies', ['site1'], { asker: KEY, worker: KEY, taken: KEY })
    api = lab.sites[0].api
    asker = `asker.${lab.sites[0].id}`
    worker = `worker.${lab.sites[0].id}`
  })

  after(async () => { await lab?.stop() })

  it('are brought, named by a task, and read by its recipient', async () => {
    const bytes = randomBytes(3 * MIB + 7)
    const reply = await call(asker, 'POST', '/v1/bodies', bytes)
    const state = JSON.parse(reply.text)

    expect(reply.status).to.equal(201)
    expect(reply.headers.get('location')).to.equal(`/v1/bodies/${state.id as string}`)
    expect(state).to.include({ size: bytes.byteLength, complete: true, sha256: sha256(bytes).toString('hex') })

    const id = randomUUID()
    expect((await call(asker, 'POST', '/v1/tasks', taskOf({ id, body_ref: state.id }))).status).to.equal(201)
    const [task] = JSON.parse((await call(worker, 'GET', '/v1/tasks?filter=todo')).text)
    expect(task).to.deep.include({ id, body: '', body_ref: { size: bytes.byteLength, sha256: state.sha256, url: `/v1/tasks/${id}/body` } })

    const read = await call(worker, 'GET', task.body_ref.url)
    expect(read.status).to.equal(200)
    expect(read.bytes.equals(bytes)).to.equal(true)
    expect(read.headers.get('etag')).to.equal(`"${state.sha256 as string}"`)
    expect(read.headers.get('repr-digest')).to.equal(digest(bytes))
    expect(read.headers.get('content-length')).to.equal(String(bytes.byteLength))
    expect((await call(asker, 'GET', task.body_ref.url)).status, 'the creator is no recipient').to.equal(403)
  })

  it('that are text are text in JSON, whichever way they came', async () => {
    const text = 'grüße '.repeat(20_000)
    const id = await post(Buffer.from(text))

    expect(JSON.parse((await call(worker, 'GET', `/v1/tasks/${id}`)).text)).to.include({ body: text }).and.not.to.have.property('body_ref')
    expect((await call(worker, 'GET', `/v1/tasks/${id}/body`)).bytes.toString()).to.equal(text)
  })

  it('of results are read by the creator', async () => {
    const bytes = randomBytes(100_000)
    const id = await post(randomBytes(10))
    const ref = await bring(worker, bytes)
    const path = `/v1/tasks/${id}/results/${worker}`

    expect((await call(worker, 'PUT', path, resultOf(id, { body_ref: ref }))).status).to.equal(201)
    expect((await call(worker, 'PUT', path, resultOf(id, { body_ref: ref }))).status, 'the first answer may have been lost').to.equal(204)
    expect((await call(worker, 'PUT', path, resultOf(id, { status: 'tempfailed', body_ref: ref }))).status, 'another answer needs another body').to.equal(400)

    const [result] = JSON.parse((await call(asker, 'GET', `/v1/tasks/${id}/results`)).text)
    expect(result.body_ref).to.deep.equal({ size: bytes.byteLength, sha256: sha256(bytes).toString('hex'), url: `${path}/body` })
    expect((await call(asker, 'GET', `${path}/body`)).bytes.equals(bytes)).to.equal(true)
    expect((await call(worker, 'GET', `${path}/body`)).status).to.equal(403)
    expect((await call(asker, 'GET', `/v1/tasks/${id}/results/nobody.site1.bodies/body`)).status).to.equal(404)
  })

  it('of a cancelled task are gone, not empty', async () => {
    const id = await post(randomBytes(MIB))
    expect(await call(asker, 'DELETE', `/v1/tasks/${id}`)).to.have.property('status', 204)
    const reply = await call(worker, 'GET', `/v1/tasks/${id}/body`)

    expect(reply).to.include({ status: 410, text: 'The task was cancelled by its creator.' })
    expect(await call(worker, 'HEAD', `/v1/tasks/${id}/body`)).to.have.property('status', 410)
  })

  it('that were taken over are no answer to a PUT that says something else', async () => {
    const id = await post(randomBytes(10))
    const path = `/v1/tasks/${id}/results/${worker}`
    const ref = await bring(worker, randomBytes(10))
    const put = async (metadata: unknown): Promise<Reply> => call(worker, 'PUT', path, resultOf(id, { body_ref: ref, metadata }))

    expect(await put('one')).to.have.property('status', 201)
    expect(await put('one'), 'the very same again').to.have.property('status', 204)
    expect(await put('two')).to.have.property('status', 400)
  })

  it('are left out of results that were waited for, too', async () => {
    const id = await post(randomBytes(10))
    const waiting = call(asker, 'GET', `/v1/tasks/${id}/results?wait_count=1&wait_time=20s&bodies=none`)
    // with or without a head start the answer is the same
    expect(await call(worker, 'PUT', `/v1/tasks/${id}/results/${worker}`, resultOf(id, { body: 'text' }))).to.have.property('status', 201)
    const [result] = JSON.parse((await waiting).text)

    expect(result).to.deep.include({ body: '' }).and.to.have.nested.property('body_ref.size', 4)
  })

  it('answer ranges, conditions and HEAD', async () => {
    const bytes = randomBytes(700_000)
    const path = `/v1/tasks/${await post(bytes)}/body`
    const etag = `"${sha256(bytes).toString('hex')}"`

    for (const [range, from, to] of [['bytes=0-9', 0, 10], ['bytes=262140-524300', 262_140, 524_301], ['bytes=699990-', 699_990, 700_000], ['bytes=-5', 699_995, 700_000], ['bytes=10-9999999', 10, 700_000]] as const) {
      const reply = await call(worker, 'GET', path, undefined, { range })

      expect(reply.status, range).to.equal(206)
      expect(reply.bytes.equals(bytes.subarray(from, to)), range).to.equal(true)
      expect(reply.headers.get('content-range')).to.equal(`bytes ${from}-${to - 1}/700000`)
    }

    expect((await call(worker, 'GET', path, undefined, { range: 'bytes=700000-' }))).to.have.property('status', 416)
    expect((await call(worker, 'GET', path, undefined, { range: 'bytes=5-1' })).status, 'no range at all').to.equal(200)
    expect((await call(worker, 'GET', path, undefined, { range: 'bytes=0-9', 'if-range': etag })).status).to.equal(206)
    expect((await call(worker, 'GET', path, undefined, { range: 'bytes=0-9', 'if-range': '"other"' })).bytes.byteLength).to.equal(700_000)
    expect((await call(worker, 'GET', path, undefined, { 'if-none-match': etag })).status).to.equal(304)

    const head = await call(worker, 'HEAD', path)
    expect(head.status).to.equal(200)
    expect(head.headers.get('content-length')).to.equal('700000')
    expect(head.headers.get('etag')).to.equal(etag)
  })

  it('are brought in pieces, and go on where the disk ends', async () => {
    const bytes = randomBytes(2 * MIB + 3)
    const begun = await call(asker, 'POST', '/v1/bodies', bytes.subarray(0, 1_000_000), { 'upload-complete': '?0' })
    const path = begun.headers.get('location') ?? ''

    expect(begun.status).to.equal(201)
    expect(begun.headers.get('upload-offset')).to.equal('1000000')
    expect((await call(asker, 'POST', '/v1/tasks', taskOf({ body_ref: path.slice(-32) }))).text).to.include('complete')

    const wrong = await call(asker, 'PATCH', path, bytes.subarray(5), { 'upload-offset': '5' })
    expect(wrong.status).to.equal(409)
    expect(wrong.headers.get('upload-offset')).to.equal('1000000')

    expect((await call(asker, 'PATCH', path, bytes.subarray(1_000_000, 1_500_000), { 'upload-offset': '1000000' })).status).to.equal(204)
    expect((await call(asker, 'HEAD', path)).headers.get('upload-offset')).to.equal('1500000')

    const last = await call(asker, 'PATCH', path, bytes.subarray(1_500_000), { 'upload-offset': '1500000', 'upload-complete': '?1', 'repr-digest': digest(bytes) })
    expect(last.status, last.text).to.equal(200)
    expect(JSON.parse(last.text)).to.include({ complete: true, sha256: sha256(bytes).toString('hex') })
    expect((await call(asker, 'PATCH', path, bytes, { 'upload-offset': String(bytes.byteLength) })).status, 'complete').to.equal(409)
  })

  it('keep what came before a cut', async () => {
    const begun = await call(asker, 'POST', '/v1/bodies', new Uint8Array(0), { 'upload-complete': '?0' })
    const path = begun.headers.get('location') ?? ''
    const { hostname, port } = new URL(api)

    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`PATCH ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: ApiKey ${asker} ${KEY}\r\nupload-offset: 0\r\ncontent-length: 9000000\r\n\r\n`)
        socket.write(Buffer.alloc(300_000, 'x'), () => { setTimeout(() => { socket.destroy() }, 300) })
      })
      socket.on('close', () => { resolve() }).on('error', reject)
    })

    for (let tries = 0; (await call(asker, 'HEAD', path)).headers.get('upload-offset') !== '300000'; tries++) {
      expect(tries).to.be.below(50)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }

    expect((await call(asker, 'DELETE', path)).status).to.equal(204)
  })

  it('belong to the app that brought them, and are used once', async () => {
    const ref = await bring(asker, randomBytes(10))

    expect((await call(worker, 'HEAD', `/v1/bodies/${ref}`)).status).to.equal(404)
    expect((await call(worker, 'DELETE', `/v1/bodies/${ref}`)).status).to.equal(404)
    expect((await call(worker, 'PATCH', `/v1/bodies/${ref}`, randomBytes(1), { 'upload-offset': '10' })).status).to.equal(404)
    expect((await call(worker, 'POST', '/v1/tasks', taskOf({ from: worker, body_ref: ref }))).status).to.equal(400)

    const [one, two] = await Promise.all([call(asker, 'POST', '/v1/tasks', taskOf({ body_ref: ref })), call(asker, 'POST', '/v1/tasks', taskOf({ body_ref: ref }))])
    expect([one.status, two.status].sort()).to.deep.equal([201, 400])
    expect([one.text, two.text].find((text) => text !== '')).to.include('body_ref must')
    expect((await call(asker, 'HEAD', `/v1/bodies/${ref}`)).status).to.equal(404)
  })

  it('must have the digest that was said', async () => {
    const bytes = randomBytes(100)

    expect((await call(asker, 'POST', '/v1/bodies', bytes, { 'content-digest': digest(bytes), 'repr-digest': digest(bytes) })).status).to.equal(201)

    for (const name of ['content-digest', 'repr-digest']) {
      const reply = await call(asker, 'POST', '/v1/bodies', bytes, { [name]: digest(randomBytes(1)) })

      expect(reply.status).to.equal(400)
      expect(reply.text.toLowerCase()).to.include(`${name} is not the sha-256`)
    }

    expect((await call(asker, 'POST', '/v1/bodies', bytes, { 'repr-digest': 'sha-256=:abc:' })).status).to.equal(400)
  })

  it('refuse what breaks a rule, naming it', async () => {
    const ref = await bring(asker, randomBytes(1))

    for (const [fields, named] of [
      [{ body_ref: 'x' }, 'body_ref must be'], [{ body_ref: ref, body: '' }, 'body_ref must not stand beside body'], [{ body_ref: '0'.repeat(32) }, 'body_ref must be the id']
    ] as const) {
      const reply = await call(asker, 'POST', '/v1/tasks', taskOf(fields))

      expect(reply.status).to.equal(400)
      expect(reply.text).to.match(/^Invalid body\n/).and.to.include(named)
    }

    expect((await call(asker, 'POST', '/v1/bodies', randomBytes(1), { 'upload-complete': 'yes' })).text).to.include('Upload-Complete must')
    expect((await call(asker, 'POST', '/v1/bodies', randomBytes(1), { 'upload-length': '5' })).text).to.include('Upload-Length must')
    expect((await call(asker, 'PATCH', `/v1/bodies/${ref}`, randomBytes(1))).text).to.include('Upload-Offset is missing')
    expect((await call(asker, 'POST', '/v1/bodies', new Uint8Array(0), { 'upload-complete': '?0', 'upload-length': String(1_073_741_825) })).status).to.equal(413)
    expect((await call(asker, 'GET', '/v1/bodies/nothing')).status).to.equal(404)
  })

  it('that are refused in the middle are read to their end: the connection serves the next request', async () => {
    const begun = await call(asker, 'POST', '/v1/bodies', new Uint8Array(0), { 'upload-complete': '?0', 'upload-length': '1000000' })
    const { hostname, port } = new URL(api)
    const head = (line: string, ...more: string[]): string => [line, `host: ${hostname}:${port}`, `authorization: ApiKey ${asker} ${KEY}`, ...more, '', ''].join('\r\n')
    const statuses = await new Promise<string[]>((resolve, reject) => {
      let said = ''
      const socket = connect(Number(port), hostname, () => {
        socket.write(head(`PATCH ${begun.headers.get('location')} HTTP/1.1`, 'upload-offset: 0', 'transfer-encoding: chunked'))

        for (let mib = 0; mib < 16; mib++) {
          socket.write('100000\r\n')
          socket.write(Buffer.alloc(MIB, 'x'))
          socket.write('\r\n')
        }

        socket.write('0\r\n\r\n')
        socket.write(head('GET /v1/sites HTTP/1.1', 'connection: close'))
      })

      socket.setTimeout(10_000, () => { socket.destroy(new Error(`nothing came for ten seconds after ${said}`)) })
      socket.on('data', (data: Buffer) => { said += data.toString('latin1') }).on('error', reject)
      socket.on('close', () => { resolve(said.match(/HTTP\/1\.1 \d{3}/g) ?? []) })
    })

    expect(statuses).to.deep.equal(['HTTP/1.1 400', 'HTTP/1.1 200'])
  })

  it('that come slowly leave places for other apps, and who is refused keeps none', async () => {
    const slow = Array.from({ length: 8 }, () => request(new URL('/v1/bodies', api), { method: 'POST', headers: { authorization: `ApiKey ${worker} ${KEY}`, expect: '100-continue' } }))
    const cut = slow.map(async (one) => new Promise((resolve) => { one.on('error', resolve) }))
    // each has its place when it is told to go on
    await Promise.all(slow.map(async (one) => new Promise((resolve) => {
      one.on('continue', resolve)
      one.flushHeaders()
    })))

    // many more times than there are uploads to an app
    for (let i = 0; i < 20; i++) {
      expect(await call(worker, 'POST', '/v1/bodies', randomBytes(1))).to.have.property('text').that.matches(/^8 bodies of worker\S+ are being received/)
    }

    expect(await call(asker, 'POST', '/v1/bodies', randomBytes(1))).to.have.property('status', 201)
    slow.forEach((one) => { one.destroy() })
    await Promise.all(cut)
    let again = 0

    for (let i = 0; i < 100 && again !== 201; i++) {
      const reply = await call(worker, 'POST', '/v1/bodies', randomBytes(1))
      again = reply.status
      await new Promise((resolve) => setTimeout(resolve, 20))

      if (again === 201) {
        expect(await call(worker, 'DELETE', `/v1/bodies/${String(JSON.parse(reply.text).id)}`)).to.have.property('status', 204)
      }
    }

    expect(again).to.equal(201)
  })

  it('in answers that nobody reads do not fill the memory', async () => {
    const ids = [randomUUID(), randomUUID()]
    const taken = `taken.${worker.split('.').slice(1).join('.')}`

    for (const id of ids) {
      expect(await call(asker, 'POST', '/v1/tasks', taskOf({ id, to: [taken], body: 'x'.repeat(20 * MIB) }))).to.have.property('status', 201)
    }

    const get = async (path: string): Promise<IncomingMessage> => new Promise((resolve, reject) => {
      const sent = request(new URL(path, api), { headers: { authorization: `ApiKey ${taken} ${KEY}` } }, (answer) => { resolve(answer.pause()) })
      sent.on('error', reject).end()
    })

    const answers = await Promise.all([1, 2, 3, 4].map(async () => get('/v1/tasks?filter=todo')))
    expect(answers.map(({ statusCode }) => statusCode).sort()).to.deep.equal([200, 200, 429, 429])
    expect(answers.find(({ statusCode }) => statusCode === 429)?.headers['retry-after']).to.equal('1')
    expect((await get('/v1/tasks?filter=todo&limit=2')).statusCode).to.equal(429)
    expect((await get('/v1/tasks?filter=todo&bodies=none')).statusCode).to.equal(200)
    expect((await call(worker, 'GET', '/v1/tasks?filter=todo&bodies=none')).status, 'small answers are not touched').to.equal(200)

    answers.forEach((answer) => { answer.destroy() })
    let status: number | undefined

    for (let i = 0; i < 100 && status !== 200; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      const answer = await get('/v1/tasks?filter=todo')
      status = answer.statusCode
      answer.destroy()
    }

    expect(status).to.equal(200)
  })

  it('in downloads that nobody reads do not fill the memory', async () => {
    const id = await post(randomBytes(4 * MIB))
    const { hostname, port } = new URL(api)
    const sockets = Array.from({ length: 280 }, () => connect(Number(port), hostname))

    try {
      // what fits the sockets' buffers is sent, then each waits; 192 of them may
      const lines = await Promise.all(sockets.map(async (socket) => new Promise<string>((resolve, reject) => {
        socket.once('data', (data: Buffer) => {
          socket.pause()
          resolve(data.toString('latin1').split('\r\n')[0])
        }).once('error', reject)
        socket.write(`GET /v1/tasks/${id}/body HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ApiKey ${worker} ${KEY}\r\n\r\n`)
      })))

      expect(lines.filter(line => line.includes(' 429 '))).to.not.be.empty()
      expect(lines.filter(line => line.includes(' 200 ')).length).to.be.within(150, 192)
      expect((await call(asker, 'GET', '/v1/tasks?from=' + asker + '&limit=1')).status).to.equal(200)
    } finally {
      sockets.forEach(socket => { socket.destroy() })
    }

    // their room is given back
    for (let tries = 0; ; tries++) {
      const { status } = await call(worker, 'GET', `/v1/tasks/${id}/body`)

      if (status === 200) {
        break
      }

      expect(status).to.equal(429)
      expect(tries).to.be.below(100)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  })

  it('that nobody uses are bounded for each app', async () => {
    const statuses: number[] = []

    for (let i = 0; i < 17; i++) {
      statuses.push((await call(worker, 'POST', '/v1/bodies', randomBytes(1))).status)
    }

    expect(statuses.slice(0, 16)).to.deep.equal(Array.from({ length: 16 }, () => 201))
    expect(statuses[16]).to.equal(429)
    expect((await call(asker, 'POST', '/v1/bodies', randomBytes(1))).status, 'others are not touched').to.equal(201)
  })
})
