import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'aegir/chai'
import { controlClient } from '../../src/control/client.ts'
import { startLab } from '../../src/lab/start-lab.ts'
import { skip } from '../skip.ts'
import type { Lab, LabSite } from '../../src/lab/interface.ts'
import type { IncomingMessage } from 'node:http'

const KEY = 'secret-of-the-large-bodies'
const MIB = 1_048_576

/** Set by hand, up to 1,024: npm run test:large -- what memory does is printed */
const BY_HAND = process.env.LARGE_BODY_MIB
const SIZE = Number(BY_HAND ?? 96) * MIB

/** What may be on its way and not on disk when a side dies: windows, sockets and writes under way */
const RESENT = 16 * MIB

/** What a daemon may grow by, whatever the size of the body: up to 64 MiB that the collector has not looked at yet, 32 MiB of SQLite's pages, and what the allocator keeps of both */
const GROWTH = 192 * MIB

describe('tasks: bodies larger than the memory they may take', function () {
  this.timeout(BY_HAND == null ? 300_000 : 3_600_000)
  let lab: Lab

  const site = (name: string): LabSite => lab.sites.find(({ id }) => id === `${name}.large`) as LabSite
  const appOf = ({ id }: LabSite): string => `app.${id}`
  const headers = (at: LabSite): Record<string, string> => ({ authorization: `ApiKey ${appOf(at)} ${KEY}` })

  /** Blocks that differ, so that one in the wrong place shows */
  const block = (index: number): Buffer => Buffer.alloc(MIB, createHash('sha256').update(String(index)).digest())
  const sha256 = (): string => {
    const hash = createHash('sha256')

    for (let i = 0; i < SIZE / MIB; i++) {
      hash.update(block(i))
    }

    return hash.digest('hex')
  }

  /** Sends the bytes from `from` to `to`; the client holds one block at a time */
  const send = async (at: LabSite, method: string, path: string, extra: Record<string, string>, from: number, to: number): Promise<{ status: number, body: any, headers: IncomingMessage['headers'] }> => {
    const outgoing = request(new URL(path, at.api), { method, headers: { ...headers(at), ...extra, 'content-length': to - from } })
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
    answered.catch(() => {})

    for (let at = from; at < to; at = (Math.floor(at / MIB) + 1) * MIB) {
      if (!outgoing.write(block(Math.floor(at / MIB)).subarray(at % MIB))) {
        await Promise.race([once(outgoing, 'drain'), answered])
      }
    }

    outgoing.end()
    const [response] = await answered
    let text = ''

    for await (const piece of response) {
      text += String(piece)
    }

    return { status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text), headers: response.headers }
  }

  const post = async (upload: string): Promise<string> => {
    const id = randomUUID()
    const response = await fetch(new URL('/v1/tasks', site('a').api), {
      method: 'POST',
      headers: headers(site('a')),
      body: JSON.stringify({ id, from: appOf(site('a')), to: [appOf(site('b'))], body_ref: upload, ttl: '1h', failure_strategy: 'discard', metadata: null })
    })

    expect(response.status, await response.text()).to.equal(201)

    return id
  }

  const download = async (at: LabSite, path: string): Promise<{ size: number, hash: string }> => {
    const response = await fetch(new URL(path, at.api), { headers: headers(at) })
    const hash = createHash('sha256')
    let size = 0
    expect(response.status).to.equal(200)

    for await (const piece of response.body as AsyncIterable<Uint8Array>) {
      hash.update(piece)
      size += piece.byteLength
    }

    return { size, hash: hash.digest('hex') }
  }

  /** Chunks that the sender says are on their way or behind; undefined when it says nothing of the kind */
  const progress = async (id: string): Promise<number | undefined> => {
    const response = await fetch(new URL(`/v1/tasks/${id}/deliveries`, site('a').api), { headers: headers(site('a')) })
    const [{ note }] = await response.json() as Array<{ note?: string }>
    const chunk = /on its way: (\d+) of/.exec(note ?? '')?.[1]

    return chunk == null ? undefined : Number(chunk)
  }

  const midway = async (id: string): Promise<void> => {
    for (let tries = 0; (await progress(id) ?? 0) < 100; tries++) {
      expect(tries, 'the transfer should get under way').to.be.below(10_000)
      await sleep(2)
    }
  }

  const arrived = async (id: string): Promise<void> => {
    const response = await fetch(new URL(`/v1/tasks/${id}?wait_count=1&wait_time=120s`, site('b').api), { headers: headers(site('b')) })
    const task = await response.json() as { body: string, body_ref: { size: number } }

    expect(response.status).to.equal(200)
    expect(task).to.have.property('body', '')
    expect(task.body_ref.size).to.equal(SIZE)
  }

  const bytes = async (at: LabSite, other: LabSite): Promise<{ bytesIn: number, bytesOut: number }> => {
    const peer = (await controlClient(at.dir).peers()).find(({ site }) => site === other.id)

    return { bytesIn: peer?.bytesIn ?? 0, bytesOut: peer?.bytesOut ?? 0 }
  }

  const rss = ({ pid }: LabSite): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024

  before(async () => {
    lab = await startLab({ network: 'large', sites: [{ name: 'a', apiPort: 0 }, { name: 'b', apiPort: 0 }], apps: [{ name: 'app', key: KEY }] })
  })

  after(async () => { await lab?.stop() })

  it('brings, carries and reads one; neither daemon grows with it', async function () {
    if (process.platform !== 'linux') {
      skip(this, 'memory of a process is read from /proc, which only Linux has')
    }

    const before = { a: rss(site('a')), b: rss(site('b')) }
    const most = { ...before }
    const watching = setInterval(() => {
      most.a = Math.max(most.a, rss(site('a')))
      most.b = Math.max(most.b, rss(site('b')))
    }, 20)

    try {
      const { status, body } = await send(site('a'), 'POST', '/v1/bodies', {}, 0, SIZE)
      expect(status).to.equal(201)
      expect(body).to.include({ size: SIZE, complete: true, sha256: sha256() })

      const id = await post(body.id)
      await arrived(id)
      expect(await download(site('b'), `/v1/tasks/${id}/body`)).to.deep.equal({ size: SIZE, hash: sha256() })
    } finally {
      clearInterval(watching)
    }

    if (BY_HAND != null) {
      const mib = (bytes: number): number => Math.round(bytes / MIB)
      // eslint-disable-next-line no-console
      console.log(`      ${BY_HAND} MiB: sender ${mib(before.a)} -> ${mib(most.a)} MiB, recipient ${mib(before.b)} -> ${mib(most.b)} MiB at most`)
    }

    expect(most.a - before.a).to.be.below(GROWTH)
    expect(most.b - before.b).to.be.below(GROWTH)
  })

  it('goes on with an upload whose daemon was killed: what was acknowledged is there', async () => {
    const begun = await send(site('a'), 'POST', '/v1/bodies', { 'upload-complete': '?0', 'upload-length': String(SIZE) }, 0, 20 * MIB)
    expect(begun.status).to.equal(201)
    expect(begun.headers).to.include({ 'upload-offset': String(20 * MIB), 'upload-complete': '?0' })

    const path = `/v1/bodies/${begun.body.id as string}`
    const more = send(site('a'), 'PATCH', path, { 'upload-offset': String(20 * MIB), 'upload-complete': '?1' }, 20 * MIB, SIZE)
    more.catch(() => {})
    await sleep(100)
    await lab.kill(site('a').id, 'SIGKILL')
    await Promise.allSettled([more])
    await lab.restart(site('a').id)

    const found = await fetch(new URL(path, site('a').api), { method: 'HEAD', headers: headers(site('a')) })
    const offset = Number(found.headers.get('upload-offset'))
    expect(found.status).to.equal(200)
    expect(offset).to.be.at.least(20 * MIB)

    const ended = await send(site('a'), 'PATCH', path, { 'upload-offset': String(offset), 'upload-complete': '?1' }, offset, SIZE)
    expect(ended.status).to.equal(200)
    expect(ended.body).to.include({ size: SIZE, complete: true, sha256: sha256() })
  })

  it('resumes when the recipient was killed, and sends little twice', async () => {
    const { body } = await send(site('a'), 'POST', '/v1/bodies', {}, 0, SIZE)
    const before = (await bytes(site('a'), site('b'))).bytesOut
    const id = await post(body.id)
    await midway(id)
    await lab.kill(site('b').id, 'SIGKILL')
    await lab.restart(site('b').id)
    await arrived(id)

    expect((await bytes(site('a'), site('b'))).bytesOut - before).to.be.within(SIZE, SIZE + RESENT)
    expect(await download(site('b'), `/v1/tasks/${id}/body`)).to.deep.equal({ size: SIZE, hash: sha256() })
  })

  it('resumes when the sender was killed, and sends little twice', async () => {
    const { body } = await send(site('a'), 'POST', '/v1/bodies', {}, 0, SIZE)
    const before = (await bytes(site('b'), site('a'))).bytesIn
    const id = await post(body.id)
    await midway(id)
    await lab.kill(site('a').id, 'SIGKILL')
    await lab.restart(site('a').id)
    await arrived(id)

    expect((await bytes(site('b'), site('a'))).bytesIn - before).to.be.within(SIZE, SIZE + RESENT)
    expect(await download(site('b'), `/v1/tasks/${id}/body`)).to.deep.equal({ size: SIZE, hash: sha256() })
  })
})
