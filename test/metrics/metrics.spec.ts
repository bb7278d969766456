import { expect } from 'aegir/chai'
import { OTHER, arrival, bytes, creation, textBody } from '../store/fixtures.ts'
import { startMetered } from './kit.ts'
import type { Metered } from './kit.ts'
import type { PeerStatus } from '../../src/network/index.ts'

const TTL = 60_000

function peer (site: string): PeerStatus {
  return { site, peerId: 'x', path: 'direct', address: '/ip4/192.0.2.1/tcp/1', direction: 'outbound', rtt: 12, since: 0, bytesIn: 0, bytesOut: 0, queue: 2, clockOffset: -1_500 }
}

describe('metrics', () => {
  let metered: Metered

  afterEach(async () => { await metered.end() })

  it('counts tasks, results and receipts when they are on disk, and times them', async () => {
    metered = await startMetered()
    const { store, value } = metered
    const now = Date.now()
    const input = creation({ created: now - 2_000, expires: now + TTL }, { now: now - 2_000 })
    const result = { site: OTHER, task: input.task, from: 'worker.s2.net', to: ['asker.s1.net'], metadata: 'null', incarnation: 1, now, dedupUntil: now + TTL }

    await store.createTask(input)
    expect(await store.createTask(input)).to.deep.equal({ kind: 'exists' })
    await store.receiveTask(arrival({ created: now, expires: now + TTL }, { localExpires: now + TTL, now }))
    await store.settleDelivery({ envelopeId: input.deliveries[0].envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now })
    await store.settleDelivery({ envelopeId: input.deliveries[0].envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now })
    await store.receiveResult({ ...result, envelopeId: bytes(16), envelopeHash: bytes(32), status: 'claimed', body: textBody(''), revision: 1 })
    await store.receiveResult({ ...result, envelopeId: bytes(16), envelopeHash: bytes(32), status: 'succeeded', body: textBody('42'), revision: 2 })

    expect(await value('beam_tasks_created_total')).to.equal(1)
    expect(await value('beam_tasks_received_total')).to.equal(1)
    expect(await value('beam_receipts_total{outcome="delivered"}')).to.equal(1)
    expect(await value('beam_results_received_total{status="claimed"}')).to.equal(1)
    expect(await value('beam_results_received_total{status="succeeded"}')).to.equal(1)
    expect(await value('beam_delivery_duration_seconds_count')).to.equal(1)
    expect(await value('beam_delivery_duration_seconds_sum')).to.be.within(2, 10)
    expect(await value('beam_result_duration_seconds_count'), 'a claim is no answer').to.equal(1)
    expect(await value('beam_result_duration_seconds_sum')).to.be.within(2, 10)
    expect(await value('beam_open_tasks{origin="own"}')).to.equal(1)
    expect(await value('beam_open_tasks{origin="received"}')).to.equal(1)
    expect(await value('beam_stored_results')).to.equal(1)
  })

  it('counts expired tasks', async () => {
    metered = await startMetered()
    const input = creation()
    await metered.store.createTask(input)
    await metered.store.expireStep({ now: input.task.expires, limit: 10 })
    expect(await metered.value('beam_tasks_expired_total')).to.equal(1)
  })

  it('tells how many share a commit, and what it takes', async () => {
    metered = await startMetered()
    await Promise.all(Array.from({ length: 20 }, async () => metered.store.createTask(creation())))

    const text = await metered.text()
    const below = (bound: number): number => Number(new RegExp(`^beam_store_batch_operations_bucket\\{le="${bound}"\\} (.+)$`, 'm').exec(text)?.[1])

    expect(below(32) - below(16), 'one batch of twenty, beside the one that the scrape made').to.equal(1)
    expect(await metered.value('beam_store_commit_duration_seconds_count')).to.equal(1)
    expect(await metered.value('beam_store_commit_duration_seconds_sum')).to.be.above(0)
  })

  it('says that the disk is full while it is, and no longer', async () => {
    metered = await startMetered({ maxBytes: 400_000 })
    const { store, value, trouble } = metered
    const big = async (): Promise<unknown> => store.createTask(creation({}, { body: textBody('x'.repeat(60_000)) }))
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, async () => big()))
    const refused = outcomes.find(outcome => outcome.status === 'rejected')

    expect(refused?.reason).to.have.property('code', 'STORE_FULL')
    expect(trouble()).to.include({ code: 'STORE_FULL', needsRestart: false })
    expect(await value('beam_store_trouble{condition="full"}')).to.equal(1)
    expect(await value('beam_store_errors_total{code="STORE_FULL"}')).to.be.at.least(1)

    // a write that fits
    await store.setMeta({ key: 'a', value: 'b' })
    expect(trouble()).to.equal(undefined)
    expect(await value('beam_store_trouble{condition="full"}')).to.equal(0)
  })

  it('keeps the number of series bounded, and drops those of links that are gone', async () => {
    metered = await startMetered({ maxSites: 2 })
    const { peers, text } = metered
    peers.push(peer('s4.net'), peer('s3.net'), peer('s2.net'))
    const series = async (name: string): Promise<string[]> => (await text()).split('\n').filter(line => line.startsWith(`${name}{`))

    expect(await series('beam_peer_rtt_seconds')).to.deep.equal(['beam_peer_rtt_seconds{site="s2.net"} 0.012', 'beam_peer_rtt_seconds{site="s3.net"} 0.012'])
    expect(await series('beam_peer_clock_offset_seconds')).to.include('beam_peer_clock_offset_seconds{site="s2.net"} -1.5')
    expect(await metered.value('beam_links_up')).to.equal(3)
    peers.splice(0)
    expect(await series('beam_peer_rtt_seconds')).to.deep.equal([])

    metered.metrics.request('BREW', '/v1/tasks', 201, 0.01)
    metered.metrics.request('FOO', undefined, 404, 0.01)
    expect(await series('beam_http_requests_total')).to.deep.equal([
      'beam_http_requests_total{method="other",route="/v1/tasks",status="201"} 1',
      'beam_http_requests_total{method="other",route="none",status="404"} 1'
    ])
  })

  it('tells links by path, how they changed, and what relays do for this site and it for others', async () => {
    metered = await startMetered()
    const { peers, value } = metered
    peers.push(peer('s2.net'), peer('s3.net'), { ...peer('s4.net'), path: 'relay', via: 's2.net' })

    // twice: what is counted elsewhere is told as it stands, not added up
    for (let scrape = 0; scrape < 2; scrape++) {
      expect(await value('beam_links{path="direct"}')).to.equal(2)
      expect(await value('beam_links{path="relay"}')).to.equal(1)
      expect(await value('beam_path_changes_total{change="other_relay"}')).to.equal(3)
      expect(await value('beam_reservations_held')).to.equal(1)
      expect(await value('beam_reservations_wanted')).to.equal(2)
      expect(await value('beam_relay_reservations')).to.equal(4)
      expect(await value('beam_relay_circuits')).to.equal(3)
      expect(await value('beam_relay_forwarded_bytes_total')).to.equal(1_000)
      expect(await value('beam_relay_memory_bytes{state="held"}')).to.equal(5)
      expect(await value('beam_relay_refused_total{reason="reservation refused"}')).to.equal(7)
    }
  })

  it('names no app, no task and no address', async () => {
    metered = await startMetered()
    const input = creation()
    await metered.store.createTask(input)
    metered.peers.push(peer('s2.net'))
    metered.refusals['not-allowed'] = 4
    const text = await metered.text()

    expect(text).to.include('beam_refusals_total{reason="not-allowed"} 4')
    expect(text).to.include('s2.net')

    for (const word of ['asker', 'worker', input.task.id, '192.0.2.1', 'question']) {
      expect(text).to.not.include(word)
    }
  })

  it('knows this site: roster, admission, age of its key, disk', async () => {
    metered = await startMetered()
    const { value } = metered

    expect(await value('beam_roster_entry')).to.equal(7)
    expect(await value('beam_admission_remaining_seconds')).to.be.within(3_500, 3_600)
    expect(await value('beam_encryption_key_age_seconds')).to.be.within(59, 70)
    expect(await value('beam_members')).to.equal(1)
    expect(await value('beam_waiters')).to.equal(3)
    expect(await value('beam_disk_free_bytes')).to.be.above(0)
    expect(await value('beam_store_file_bytes')).to.be.above(4_096)
    expect(await value('beam_build_info{version="1.2.3"}')).to.equal(1)
    expect(await value('process_resident_memory_bytes')).to.be.above(0)
  })
})
