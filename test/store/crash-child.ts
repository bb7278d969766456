/**
 * Child process of crash.spec.ts: works on a store until it is killed, and prints one
 * line for each acknowledgement.
 */
import { silentLog } from '../../src/core/log.ts'
import { openStore } from '../../src/store/open.ts'
import { OTHER, arrival, creation, newDelivery, textBody } from './fixtures.ts'

const store = await openStore({ path: process.argv[2], log: silentLog })
const far = Date.now() + 3_600_000
const say = (what: string, id: string): void => { process.stdout.write(`${what} ${id}\n`) }

async function caller (): Promise<never> {
  for (;;) {
    const now = Date.now()
    const mine = creation({ expires: far }, { now })
    await store.createTask(mine)
    say('task', mine.task.id)

    const theirs = arrival({ expires: far }, { now })
    await store.receiveTask(theirs)
    say('received', Buffer.from(theirs.envelopeId).toString('hex'))

    const delivery = newDelivery(OTHER)
    await store.putResult({ task: theirs.task, from: 'worker.s1.net', to: ['asker.s2.net'], status: 'succeeded', metadata: 'null', body: textBody(theirs.task.id), incarnation: 1, delivery, now })
    say('result', theirs.task.id)

    await store.settleDelivery({ envelopeId: delivery.envelopeId, site: OTHER, hash: delivery.seed, outcome: 'delivered', now })
    say('settled', Buffer.from(delivery.envelopeId).toString('hex'))
  }
}

await Promise.all(Array.from({ length: 16 }, caller))
