/**
 * Large bodies: POST at site 1 → long-poll at site 2 → PUT → long-poll at site 1, the
 * body both ways, in Beam's JSON form.
 *
 * node test/benchmark/large.ts
 * node test/benchmark/large.ts --seconds 10 --json
 */
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startLab } from '../../src/lab/start-lab.ts'
import { createHttpClient, expectStatus } from './http.ts'
import type { App } from './scenarios/app.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } } })
const KEY = 'secret-of-the-benchmark'
const MIB = 1_048_576

/** Lanes, size of the body both ways, and the mark: five times what Samply.Beam 0.11 does */
const CASES = [
  { name: '1 MiB, 8 in flight', lanes: 8, size: MIB, mark: 'at least 55/s' },
  { name: '1 MiB, 1 in flight', lanes: 1, size: MIB, mark: '' },
  { name: '10 MiB, 1 in flight', lanes: 1, size: 10 * MIB, mark: 'p50 at most 320 ms' }
]

const lanes = Array.from({ length: 8 }, (_, lane) => `worker${lane}`)
const lab = await startLab({
  network: 'large',
  sites: [{ name: 'site1', apiPort: 0 }, { name: 'site2', apiPort: 0 }],
  apps: ['asker', ...lanes].map(name => ({ name, key: KEY }))
})

try {
  const [one, two] = lab.sites
  const app = (name: string, { api, id }: typeof one): App => ({ id: `${name}.${id}`, http: createHttpClient(api, `ApiKey ${name}.${id} ${KEY}`) })
  const asking = app('asker', one)
  const workers = lanes.map(name => app(name, two))
  const report: object[] = []

  for (const { name, lanes: count, size, mark } of CASES) {
    const body = 'x'.repeat(size)
    await Promise.all(workers.slice(0, count).map(async worker => roundTrip(asking, worker, body)))
    const times: number[] = []
    const started = performance.now()
    const end = started + Number(values.seconds) * 1_000

    await Promise.all(workers.slice(0, count).map(async worker => {
      while (performance.now() < end) {
        const begun = performance.now()
        await roundTrip(asking, worker, body)
        times.push(performance.now() - begun)
      }
    }))
    times.sort((a, b) => a - b)
    const rate = times.length / (performance.now() - started) * 1_000
    report.push({ name, rate, p50: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)] })

    if (!values.json) {
      process.stdout.write(`${name}: ${rate.toFixed(1)}/s, p50 ${times[times.length >> 1].toFixed(0)} ms${mark === '' ? '' : `; mark: ${mark}`}\n`)
    }
  }

  if (values.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`)
  }

  asking.http.close()
  workers.forEach(({ http }) => { http.close() })
} finally {
  await lab.stop()
}

async function roundTrip (asking: App, worker: App, body: string): Promise<void> {
  const id = randomUUID()
  const offered = worker.http.call('GET', '/v1/tasks?filter=todo&wait_count=1&wait_time=30s')
  expectStatus(await asking.http.call('POST', '/v1/tasks', `{"id":"${id}","from":"${asking.id}","to":["${worker.id}"],"body":"${body}","ttl":"2m","failure_strategy":"discard","metadata":null}`), 201)
  const answered = asking.http.call('GET', `/v1/tasks/${id}/results?wait_count=1&wait_time=30s`)
  const task = expectStatus(await offered, 200)

  if (task.length < body.length || !task.includes(id)) {
    throw new Error(`${worker.id} was not offered its task`)
  }

  expectStatus(await worker.http.call('PUT', `/v1/tasks/${id}/results/${worker.id}`, `{"from":"${worker.id}","to":["${asking.id}"],"task":"${id}","status":"succeeded","body":"${body}","metadata":null}`), 201)

  if (expectStatus(await answered, 200).length < body.length) {
    throw new Error(`${asking.id} got no whole result`)
  }
}
