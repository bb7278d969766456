/**
 * Child process of power.ts: works on the store in a directory until it is killed, and
 * writes one line for each acknowledgement into a file of that directory, so that the
 * record of its disk says what came before what.
 */
import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { silentLog } from '../../../src/core/log.ts'
import { INLINE_BODY } from '../../../src/store/index.ts'
import { openStore } from '../../../src/store/open.ts'
import { OTHER, arrival, blobBody, bytes, creation, newDelivery, textBody } from '../../store/fixtures.ts'

const dir = process.argv[2]
const store = await openStore({ path: join(dir, 'beam.sqlite'), log: silentLog })
const acks = openSync(join(dir, 'acks'), 'a')
const far = Date.now() + 3_600_000
const say = (what: string, id: string): void => { writeSync(acks, `${what} ${id}\n`) }

async function caller (index: number): Promise<never> {
  for (let round = 0; ; round++) {
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

    if (round % 4 === 0) {
      const data = bytes(INLINE_BODY + 20_000 * (index + 1))
      const blob = await store.createBlob({ now })
      await store.appendBlob({ blob, offset: 0, data })
      const large = creation({ expires: far }, { now, body: blobBody(blob, 0, data) })
      await store.createTask(large)
      say('large', large.task.id)
    }

    if (index === 0) {
      // pages become free and are used again
      await Promise.all(Array.from({ length: 5 }, async () => store.createTask(creation({ expires: now + 1 }, { now, body: textBody('x'.repeat(5_000)) }))))
      await store.expireStep({ now: now + 10, limit: 100 })
      await store.purgeStep({ before: now + 10, now: now + 10, limit: 100 })
    }
  }
}

process.stdout.write('open\n')
await Promise.all(Array.from({ length: 8 }, async (_, index) => caller(index)))
