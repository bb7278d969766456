import assert from 'node:assert/strict'
import { digestHeader, booleanHeader, sizeHeader } from '../../../src/http/bodies/headers.ts'
import { rangeOf } from '../../../src/http/bodies/range.ts'
import { bodyIdOf } from '../../../src/http/bodies/state.ts'
import { HttpError } from '../../../src/http/errors.ts'
import { parseAfter, parseTypes } from '../../../src/http/events/position.ts'
import { parsePage } from '../../../src/http/paging.ts'
import { queryOf } from '../../../src/http/query.ts'
import { MAX_LEASE, MIN_LEASE, parseLease, TOKEN } from '../../../src/http/results/lease.ts'
import { lastEventId } from '../../../src/http/results/stream.ts'
import { allow, text, texts } from './support.ts'
import type { Target } from './index.ts'
import type { FastifyRequest } from 'fastify'

const whole = (value: number | undefined): boolean => value == null || (Number.isSafeInteger(value) && value >= 0)
const asText = (data: Uint8Array): string => Buffer.from(data).toString('latin1')
const requestOf = (query: string, headers = {}): FastifyRequest => ({ url: `/v1/x?${query}`, headers, params: {} }) as unknown as FastifyRequest

type Part = (data: string) => void

const PARTS: Part[] = [
  (data) => {
    for (const size of [0, 1, 1_000, 2 ** 40]) {
      const range = rangeOf(data, size)

      assert.ok(range == null || range === 'unsatisfiable' || (range.length > 0 && range.offset >= 0 && range.offset + range.length <= size))
    }
  },
  (data) => {
    const page = allow(() => parsePage(queryOf(requestOf(data))), HttpError)

    assert.ok(page == null || (page.limit >= 1 && page.limit <= 1_000 && whole(page.after) && whole(page.olderThan) && whole(page.newerThan)))
  },
  (data) => {
    const [query, header] = data.split('\n')
    const after = allow(() => parseAfter(queryOf(requestOf(query)), header, 3), HttpError)

    assert.ok(after == null || (whole(after.n) && whole(after.incarnation)))
    allow(() => parseTypes(queryOf(requestOf(query))), HttpError)
    assert.ok(whole(allow(() => lastEventId(header), HttpError)))
  },
  (data) => {
    const [query, header] = data.split('\n')
    const lease = allow(() => parseLease(requestOf(query, header == null ? {} : { [TOKEN]: header }), 'claimed'), HttpError)

    assert.ok(lease == null || (whole(lease.token) && (lease.lease == null || (whole(lease.lease) && lease.lease >= MIN_LEASE && lease.lease <= MAX_LEASE))))
  },
  (data) => {
    const headers = { x: data }

    assert.ok(whole(allow(() => sizeHeader(headers, 'X'), HttpError)))
    assert.ok([undefined, 32].includes(allow(() => digestHeader(headers, 'X'), HttpError)?.byteLength))
    allow(() => booleanHeader(headers, 'X'), HttpError)
    allow(() => bodyIdOf({ params: { body_id: data } } as unknown as FastifyRequest), HttpError)
  }
]

const SEEDS = [
  'bytes=0-499', 'bytes=500-', 'bytes=-500', 'bytes=0-0,-1', `limit=10&cursor=${Buffer.from('after 42').toString('base64url')}&older_than=1h&newer_than=2d`,
  'state=queued&bodies=none', 'after=1-42&types=task_arrived,task_answered\n1-43', 'lease=60s\n17', 'lease=24h', '?1', '1048576', `sha-256=:${'A'.repeat(43)}=:`, 'ab'.repeat(16)
]

/** What came after Beam: pages, events, leases, ranges, uploads. First byte: which of them the rest is */
export const query: Target = {
  seeds: SEEDS.flatMap(seed => PARTS.map((_, i) => Buffer.concat([Uint8Array.of(i), text(seed)]))),
  dictionary: texts('bytes=', '-', 'limit=', 'cursor=', 'older_than=', 'newer_than=', 'after=', 'types=', 'lease=', '999999999999999', '9999999999999999', '1e9s', '0.5s', '%', '+', 'sha-256=:'),
  maxLength: 2_048,
  run: (data) => { PARTS[(data[0] ?? 0) % PARTS.length](asText(data.subarray(1))) }
}
