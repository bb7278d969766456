import assert from 'node:assert/strict'
import { parseAuthorization } from '../../../src/access/parse-authorization.ts'
import { parseDuration } from '../../../src/core/durations.ts'
import { parseId } from '../../../src/core/ids.ts'
import { parseUuid } from '../../../src/core/uuid.ts'
import { createParser } from '../../../src/http/beam/parse.ts'
import { createValidator } from '../../../src/http/beam/validate.ts'
import { HttpError } from '../../../src/http/errors.ts'
import { hostName, Hosts } from '../../../src/http/guards/host.ts'
import { isCrossSite } from '../../../src/http/guards/origin.ts'
import { parseFilter, parseWait, queryOf } from '../../../src/http/query.ts'
import { allow, text, texts } from './support.ts'
import type { Target } from './index.ts'
import type { FastifyRequest } from 'fastify'

const NETWORK = 'broker.example'
const parser = createParser(createValidator(NETWORK), { maxRecipients: 64, maxTtl: 2_592_000_000 })
const hosts = new Hosts(['beam.example'])
const app = `app1.site1.${NETWORK}`
const id = '70c0aa90-bfcf-4312-a6af-42cbd57dc0b8'

const task = { id, from: app, to: [`app2.site2.${NETWORK}`], body: 'text', failure_strategy: { retry: { backoff_millisecs: 1000, max_tries: 5 } }, ttl: '30s', metadata: { a: [1, -0.5e3] } }
const result = { from: app, to: [app], task: id, status: 'succeeded', body: 'text', metadata: 'x' }

type Part = (data: Uint8Array) => void

const asText = (data: Uint8Array): string => Buffer.from(data).toString('latin1')

const PARTS: Part[] = [
  (data) => {
    const parsed = allow(() => parser.task(Buffer.from(data)), HttpError)

    if (parsed != null) {
      // what is kept must be what every other reader of JSON understands
      JSON.parse(parsed.metadata)
      JSON.parse(parsed.failureStrategy)
      assert.ok((typeof parsed.body !== 'string' || parsed.body.isWellFormed()) && Number.isSafeInteger(parsed.ttlMs) && parsed.ttlMs >= 0)
      assert.ok(parseId(parsed.from, NETWORK)?.kind === 'app' && parsed.to.every(to => parseId(to, NETWORK) != null))
    }
  },
  (data) => {
    const parsed = allow(() => parser.result(Buffer.from(data)), HttpError)

    if (parsed != null) {
      JSON.parse(parsed.metadata)
    }
  },
  (data) => {
    const query = queryOf({ url: `/v1/tasks?${asText(data)}` } as unknown as FastifyRequest)
    const wait = allow(() => parseWait(query, 3_600_000), HttpError)
    assert.ok(wait?.time == null || (wait.time >= 0 && wait.time <= 3_600_000))
    allow(() => parseFilter(query, NETWORK), HttpError)
  },
  (data) => { parseAuthorization(asText(data)) },
  (data) => {
    const host = asText(data)
    const accepted = hosts.accepts(host, '127.0.0.1')

    assert.ok(!accepted || ['localhost', '::1', 'beam.example'].includes(hostName(host)) || hostName(host).startsWith('127.'))
    isCrossSite({ origin: host }, 'localhost', 'http')
  },
  (data) => {
    const word = asText(data)
    const duration = parseDuration(word, 's')

    assert.ok(duration == null || (duration >= 0))
    const uuid = parseUuid(word)
    assert.ok(uuid == null || /^[0-9a-f-]{36}$/.test(uuid))
    parseId(word, NETWORK)
  }
]

const SEEDS = [
  JSON.stringify(task), JSON.stringify(result), `wait_count=1&wait_time=10s&from=${app}&to=${app}&filter=todo`, `ApiKey ${app} secret`,
  'localhost:8081', '[::1]:8081', '1h 30m 10s 5ms', `{${id}}`, app
]

/** First byte: which part of a request the rest is */
export const http: Target = {
  seeds: SEEDS.flatMap(seed => PARTS.map((_, i) => Buffer.concat([Uint8Array.of(i), text(seed)]))),
  dictionary: texts('"failure_strategy":', '"metadata":', '"__proto__":', '\\ud800', '1e999', '-0', '[[[[', '"retry":', 'wait_count=', 'wait_time=', '%00', 'months', 'urn:uuid:', NETWORK),
  maxLength: 16_384,
  run: (data) => { PARTS[(data[0] ?? 0) % PARTS.length](data.subarray(1)) }
}
