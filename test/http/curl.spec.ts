import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { expect } from 'aegir/chai'
import { skip } from '../skip.ts'
import { APP1, APP2, KEY, newResult, newTask, startApi } from './helpers/api.ts'
import type { TestApi } from './helpers/api.ts'

const run = promisify(execFile)

/** curl as people type it: -d sends form-urlencoded, large bodies come with Expect: 100-continue */
describe('http: curl', () => {
  let api: TestApi

  before(async function () {
    try {
      await run('curl', ['--version'])
    } catch {
      skip(this, 'curl is not on this machine')
    }

    api = await startApi({ api: { bodyLimit: 5_000_000 } })
  })
  after(async () => { await api?.close() })

  const curl = async (app: string, path: string, ...options: string[]): Promise<{ body: string, status: string }> => {
    const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', '-H', `Authorization: ApiKey ${app} ${KEY}`, ...options, api.url + path], { maxBuffer: 20_000_000 })
    const end = stdout.lastIndexOf('\n')

    return { body: stdout.slice(0, end), status: stdout.slice(end + 1) }
  }

  it('goes round: post, poll, claim, answer, read', async () => {
    const id = randomUUID()
    const poll = curl(APP2, '/v1/tasks?filter=todo&wait_count=1&wait_time=10s')

    expect(await curl(APP1, '/v1/tasks', '-d', JSON.stringify(newTask({ id })))).to.deep.equal({ status: '201', body: '' })
    expect(JSON.parse((await poll).body)).to.have.nested.property('[0].id', id)
    expect(await curl(APP2, `/v1/tasks/${id}/results/${APP2}`, '-X', 'PUT', '-d', JSON.stringify(newResult(id, { status: 'claimed' })))).to.deep.equal({ status: '201', body: '' })
    expect(await curl(APP2, `/v1/tasks/${id}/results/${APP2}`, '-X', 'PUT', '-d', JSON.stringify(newResult(id)))).to.deep.equal({ status: '204', body: '' })
    expect(JSON.parse((await curl(APP1, `/v1/tasks/${id}/results?wait_count=1&wait_time=10s`)).body)).to.have.nested.property('[0].body', 'world')
    expect((await curl(APP1, `/v1/tasks/${id}/results`, '-N', '-H', 'Accept: text/event-stream')).body).to.match(/^id: \d+\nevent: new_result\ndata: \{/)
  })

  it('sends large bodies and understands the limit', async () => {
    const large = (size: number): string => JSON.stringify(newTask({ body: 'x'.repeat(size) }))
    const post = async (size: number, ...options: string[]): Promise<{ status: string, body: string }> => {
      const child = run('curl', ['-sS', '-w', '\n%{http_code}', '-H', `Authorization: ApiKey ${APP1} ${KEY}`, '--data-binary', '@-', ...options, `${api.url}/v1/tasks`])

      child.child.stdin?.on('error', () => { /* curl stops reading when it was refused */ }).end(large(size))

      const { stdout } = await child

      return { status: stdout.slice(-3), body: stdout.slice(0, -4) }
    }

    expect(await post(4_000_000)).to.deep.equal({ status: '201', body: '' })
    expect(await post(4_000_000, '-H', 'Expect: 100-continue')).to.deep.equal({ status: '201', body: '' })
    expect(await post(4_000_000, '-H', 'Transfer-Encoding: chunked')).to.deep.equal({ status: '201', body: '' })

    for (const options of [[], ['-H', 'Expect: 100-continue'], ['-H', 'Expect:'], ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect:']]) {
      const refused = await post(6_000_000, ...options)

      expect(refused.status, options.join()).to.equal('413')
      expect(refused.body).to.match(/^the request body is larger than the limit of 5000000 bytes/)
    }
  })
})
