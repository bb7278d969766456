/**
 * A member that keeps to no rule, against a real daemon, while an honest pair works
 * beside it. Times differ from machine to machine: asserted is that honest work goes on
 * without a failure, memory stays bounded and every effect is right; rates are printed.
 * `npm run test:hostile -- --full` has the large volumes.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { cp, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'aegir/chai'
import { encodeSmall } from '../../src/envelope/decode.ts'
import { RESULT } from '../../src/envelope/inner.ts'
import { BULK_PROTOCOL } from '../../src/protocols/bulk/constants.ts'
import { CONTROL_PROTOCOL } from '../../src/protocols/control/constants.ts'
import { SYNC_PROTOCOL } from '../../src/protocols/sync/constants.ts'
import { flood, FULL, Stage, volume } from './stage.ts'
import type { Stream } from '@libp2p/interface'

/** More would not be known from each other in an honest list */
const LISTED = 10_000

describe('a hostile member', function () {
  this.timeout(FULL ? 7_200_000 : 120_000)

  let stage: Stage

  before(async () => { stage = await Stage.set() })
  after(async () => { await stage?.end() })
  beforeEach(async () => { await stage.member.fresh(victim()) })

  const victim = (): string => stage.victim.id
  /** Tasks of his that the app sees */
  const seen = async (): Promise<Array<{ id: string, from: string }>> => {
    const { status, text } = await stage.api('work', '/v1/tasks?filter=todo')

    expect(status).to.be.oneOf([200, 206])

    return JSON.parse(text).filter(({ from }: { from: string }) => from.endsWith(`.${stage.member.self}`))
  }
  const answered = async (id: Uint8Array): Promise<string | undefined> => {
    for (let i = 0; i < 200; i++) {
      const reason = stage.member.receipts.get(Buffer.from(id).toString('hex'))

      if (reason != null) {
        return reason
      }

      await sleep(50)
    }
  }

  it('floods tiny envelopes', async () => {
    const count = volume(50_000, 1_000_000)

    await stage.attack(`${count} tiny envelopes`, async () => {
      let size = 0

      return flood(count, async () => stage.member.send(victim(), randomBytes(1 + size++ % 12)))
    })
  })

  it('floods bad signatures', async () => {
    const make = await stage.member.badlySigned(victim())
    const count = volume(5_000, 100_000)

    await stage.attack(`${count} bad signatures`, async () => flood(count, async () => stage.member.send(victim(), make())))
  })

  it('floods tasks: each is stored once, and answered', async () => {
    // to nobody's app, so that the honest worker's list is not his
    const count = volume(1_000, 50_000)
    const ids: Uint8Array[] = []

    await stage.attack(`${count} tasks`, async () => flood(count, async () => {
      const id = randomBytes(16)

      ids.push(id)
      await stage.member.send(victim(), await stage.member.small(victim(), { id, inner: { to: [`nobody.${victim()}`] } }))
    }))
    // the first ones may fall into the time in which nothing is looked at after the bad signatures
    expect(await answered(ids[ids.length - 1])).to.equal('')
    expect(ids.length).to.be.at.most(Math.max(count, LISTED))
  })

  it('sends metadata that would spoil the list of every strict app, or fill the memory', async () => {
    const bad: Record<string, string> = {
      deep: `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      infinite: '[1e999]',
      half: '"\\ud800"'
    }

    await stage.attack('bad and huge metadata', async () => {
      for (const [name, metadata] of Object.entries(bad)) {
        const id = randomBytes(16)

        await expect(stage.member.small(victim(), { inner: { metadata } }), `${name}: our own daemon does not seal it`).to.eventually.be.rejected()
        await stage.member.send(victim(), await stage.member.unchecked(victim(), { id, inner: { metadata } }))
        expect(await answered(id), `${name}: who gets it`).to.equal('inconsistent')
      }

      // the same sealer, with nothing wrong
      const good = randomBytes(16)

      await stage.member.send(victim(), await stage.member.unchecked(victim(), { id: good, inner: { to: [`nobody.${victim()}`] } }))
      expect(await answered(good), 'what is right is stored').to.equal('')

      for (let i = 0; i < volume(20, 1_000); i++) {
        const channel = await stage.member.network.links.openBulk(victim(), AbortSignal.timeout(10_000)).catch(() => undefined)

        // an offer of nearly all that a message may have, and no more
        await channel?.write(randomBytes(300_000)).catch(() => undefined)
        channel?.abort(new Error('test'))
      }
    })
    expect(await seen()).to.deep.equal([])
  })

  it('sends tasks with much metadata to one app: its lists are answered in parts, or told to come again', async () => {
    const metadata = JSON.stringify('m'.repeat(100_000))
    const count = volume(300, 4_000)

    await stage.attack(`${count} tasks with 100 KB of metadata`, async () => {
      const sent = await flood(count, async () => stage.member.send(victim(), await stage.member.small(victim(), { inner: { to: [`greedy.${victim()}`], metadata } })))
      const lists = await Promise.all(Array.from({ length: 12 }, async (_, i) => stage.api('greedy', `/v1/tasks?filter=todo${i % 2 === 0 ? '' : '&limit=1000'}`)))

      for (const { status, text } of lists) {
        expect(status).to.be.oneOf([200, 206, 429])
        expect(text.length).to.be.below(140_000_000)
      }

      expect(lists.some(({ status }) => status === 200)).to.equal(true)

      return sent
    })
  })

  it('squats ids: of tasks of others, of results that are not his, of envelopes', async () => {
    const taskId = randomUUID()
    const inner = { taskId }
    const one = await stage.member.small(victim(), { id: randomBytes(16), inner })
    const sameTask = randomBytes(16)

    await stage.member.send(victim(), one)
    await stage.member.send(victim(), await stage.member.small(victim(), { id: sameTask, inner, body: 'another under the same id' }))
    expect(await answered(sameTask)).to.be.a('string')
    expect((await seen()).filter(({ id }) => id === taskId).length).to.equal(1)

    // an answer to a task that was never his: the honest pair's own round trips notice if one took effect
    const result = randomBytes(16)

    await stage.attack('squatted ids', async () => {
      await stage.member.send(victim(), await stage.member.small(victim(), {
        id: result,
        inner: { kind: RESULT, creator: victim(), to: [`ask.${victim()}`], status: 'succeeded', taskId: randomUUID(), answers: new Uint8Array(0), ttl: '', failureStrategy: '' }
      }))
      expect(await answered(result)).to.be.a('string').that.is.not.empty()

      // the id of an envelope, used again for another
      const id = randomBytes(16)
      const first = randomUUID()
      const second = randomUUID()

      await stage.member.send(victim(), await stage.member.small(victim(), { id, inner: { taskId: first } }))
      expect(await answered(id)).to.equal('')
      await stage.member.send(victim(), await stage.member.small(victim(), { id, inner: { taskId: second } }))
      await sleep(300)

      const ids = (await seen()).map(({ id }) => id)

      expect(ids).to.include(first)
      expect(ids).to.not.include(second)
    })
  })

  it('opens streams and sends half of what it begins, or a byte now and then', async () => {
    const streams: Stream[] = []
    await stage.attack('half-sent frames and slow streams', async () => {
      const [connection] = stage.member.network.node.getConnections().filter(({ remotePeer }) => remotePeer.toString() === peerOf(stage))

      for (const protocol of [CONTROL_PROTOCOL, BULK_PROTOCOL, SYNC_PROTOCOL]) {
        for (let i = 0; i < volume(64, 1_000); i++) {
          const stream = await connection.newStream(protocol, { signal: AbortSignal.timeout(5_000), maxOutboundStreams: 10_000 }).catch(() => undefined)

          if (stream != null) {
            // says that 300 KiB come, and sends ten bytes of them
            stream.addEventListener('message', () => { /* taken and dropped */ })
            streams.push(stream)

            if (stream.status === 'open') {
              stream.send(Uint8Array.of(0xe0, 0xa7, 0x12, 1, 2, 3, 4, 5, 6, 7))
            }
          }
        }
      }

      for (let i = 0; i < 20; i++) {
        for (const stream of streams.filter(({ status, writeStatus }) => status === 'open' && writeStatus === 'writable')) {
          stream.send(Uint8Array.of(i))
        }

        await sleep(100)
      }
    })

    streams.forEach((stream) => { stream.abort(new Error('test')) })
    await stage.member.linked(victim())
  })

  it('replays now, later, after a restart and after an old copy of the store came back', async () => {
    const taskId = randomUUID()
    const id = randomBytes(16)
    const sealed = await stage.member.seal(victim(), { id, inner: { taskId } })
    const bytes = encodeSmall(sealed.head, await sealed.chunk(0))
    const backup = `${stage.victim.dir}.backup`
    const replay = async (): Promise<number> => {
      stage.member.receipts.clear()

      for (let i = 0; i < 50; i++) {
        await stage.member.send(victim(), bytes)
      }

      expect(await answered(id)).to.equal('')

      return (await seen()).filter((task) => task.id === taskId).length
    }

    await stage.restart(async () => { await cp(`${stage.victim.dir}/data`, backup, { recursive: true }) })
    await stage.attack('replays', async () => { expect(await replay()).to.equal(1) })
    await stage.restart()
    await stage.attack('replays after SIGKILL', async () => { expect(await replay()).to.equal(1) })
    // the copy knows nothing of it: there it is new, and stored once
    await stage.restart(async () => {
      await rm(`${stage.victim.dir}/data`, { recursive: true })
      await cp(backup, `${stage.victim.dir}/data`, { recursive: true })
    })
    await stage.attack('replays after a restored copy', async () => { expect(await replay()).to.equal(1) })
    await rm(backup, { recursive: true, force: true })
  })

  it('none of it was an error of the daemon', () => {
    expect(stage.errors()).to.deep.equal([])
    stage.checkMemory()
  })
})

function peerOf (stage: Stage): string | undefined {
  return stage.member.network.peers().find(({ site }) => site === stage.victim.id)?.peerId
}
