import { decodeHead } from '../../src/envelope/decode.ts'
import { chunkCount } from '../../src/envelope/layout.ts'
import { readMail, writeMail } from '../../src/protocols/mailbox/messages.ts'
import type { SiteId } from '../../src/core/ids.ts'
import type { BulkChannel } from '../../src/network/index.ts'
import type { MailboxMessage } from '../../src/protocols/mailbox/pb/mailbox.ts'

export interface Kept {
  from: SiteId
  head: Uint8Array<ArrayBuffer>
  /** Chunks */
  data: Array<Uint8Array<ArrayBuffer>>
}

/** What it answers to one who collects; nothing: it hangs up */
export type Lie = (request: MailboxMessage, kept: Kept[], site: SiteId) => Partial<MailboxMessage> | undefined

/** A keeper that says yes to all, keeps it in memory, and answers as it was told to */
export class Liar {
  readonly kept: Kept[] = []
  lie: Lie
  /** Requests of recipients */
  asked = 0

  constructor (lie: Lie) {
    this.lie = lie
  }

  readonly serve = async (site: SiteId, channel: BulkChannel): Promise<void> => {
    for (let request = await readMail(channel); request != null; request = await readMail(channel)) {
      if (request.deposit != null) {
        const head = new Uint8Array(request.deposit.head)
        const data = request.deposit.data.byteLength > 0 ? [new Uint8Array(request.deposit.data)] : await chunksOf(channel, head)
        this.kept.push({ from: site, head, data })
        await writeMail(channel, { stored: { until: Date.now() + 60_000 } })
        continue
      }

      this.asked++
      const answer = this.lie(request, this.kept, site)

      if (answer == null) {
        channel.abort(new Error('said nothing'))
        return
      }

      await writeMail(channel, answer)
    }

    await channel.close()
  }
}

async function chunksOf (channel: BulkChannel, head: Uint8Array): Promise<Array<Uint8Array<ArrayBuffer>>> {
  const chunks: Array<Uint8Array<ArrayBuffer>> = []
  await writeMail(channel, { go: { chunk: 0 } })

  while (chunks.length < chunkCount(decodeHead(head).label.size)) {
    chunks.push(new Uint8Array((await readMail(channel))?.data ?? []))
  }

  return chunks
}

/** Lists everything under places from 1 on, and hands it out rightly */
export function honest (request: MailboxMessage, kept: Kept[]): Partial<MailboxMessage> {
  if (request.list != null) {
    const after = request.list.after

    return { listing: { entries: kept.map(({ head }, index) => ({ place: index + 1, head })).filter(({ place }) => place > after), more: false } }
  }

  if (request.fetch != null) {
    return { data: kept[request.fetch.place - 1].data[request.fetch.chunk] }
  }

  return { deleted: { count: 0 } }
}
