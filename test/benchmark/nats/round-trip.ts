import { randomUUID } from 'node:crypto'
import { AckPolicy, jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { inLanes } from '../figures.ts'
import { BODY } from '../scenarios/app.ts'
import type { NatsServer } from './server.ts'
import type { Scenario } from '../scenario.ts'
import type { ConsumerMessages, JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'

export interface NatsRoundTrips {
  scenario(name: string, lanes: number): Scenario
  close(): Promise<void>
}

/**
 * What a round trip of ours is, with NATS: publish a task and wait for the stream's
 * acknowledgement; a worker's pull consumer gets it, publishes the result to another
 * stream, waits and acknowledges; the asker's consumer gets the result and acknowledges.
 * One server, one connection for each side: nothing is sealed, signed or sent to a second site.
 */
export async function natsRoundTrips (server: NatsServer, most: number): Promise<NatsRoundTrips> {
  const asker = await connect({ servers: `127.0.0.1:${server.port}` })
  const worker = await connect({ servers: `127.0.0.1:${server.port}` })
  const manager = await jetstreamManager(asker)
  const asking = jetstream(asker)
  const working = jetstream(worker)
  const waiting = new Map<string, () => void>()
  const running: ConsumerMessages[] = []

  for (const name of ['tasks', 'results']) {
    await manager.streams.add({ name, subjects: [`${name}.>`], storage: StorageType.File, retention: RetentionPolicy.Workqueue })
  }

  for (let lane = 0; lane < most; lane++) {
    running.push(await consume(manager, working, 'tasks', lane, async message => {
      await working.publish(message.subject.replace('tasks', 'results'), message.data)
      message.ack()
    }))
    running.push(await consume(manager, asking, 'results', lane, async message => {
      message.ack()
      waiting.get(message.subject)?.()
    }))
  }

  const body = Buffer.from(BODY)

  return {
    scenario: (name, lanes) => ({
      name,
      pids: { server: server.pid },
      run: async (ms) => inLanes(lanes, ms, async lane => {
        const id = randomUUID()
        const answer = `results.${lane}.${id}`
        const answered = new Promise<void>(resolve => { waiting.set(answer, resolve) })
        await asking.publish(`tasks.${lane}.${id}`, body)
        await answered
        waiting.delete(answer)
      })
    }),
    close: async () => {
      running.forEach(messages => { messages.stop() })
      await Promise.all([asker.close(), worker.close()])
    }
  }
}

/** Each lane has a consumer of its own, as each worker of ours has an app */
async function consume (manager: JetStreamManager, client: JetStreamClient, stream: string, lane: number, take: (message: JsMsg) => Promise<void>): Promise<ConsumerMessages> {
  const name = `${stream}-${lane}`
  await manager.consumers.add(stream, { durable_name: name, filter_subject: `${stream}.${lane}.>`, ack_policy: AckPolicy.Explicit })
  const consumer = await client.consumers.get(stream, name)

  return consumer.consume({ callback: (message) => { void take(message) } })
}
