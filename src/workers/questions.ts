import { checkCapability } from '../membership/capabilities.ts'
import { WorkersAnswer, WorkersQuestion } from '../protocols/control/pb/control.ts'
import { ASKS_AT_ONCE, ASKS_PER_SECOND, ASK_WORKERS, BAD_QUESTION, FINE, REFUSED, TOO_MANY, UNKNOWN_QUESTION } from './limits.ts'
import type { Leases } from './leases.ts'
import type { Access } from '../access/index.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Links } from '../network/index.ts'
import type { Ask } from '../protocols/control/pb/control.ts'

export interface QuestionsComponents {
  access: Access
  clock: Clock
  links: Links
  leases: Leases
  log: Log
}

interface Bucket { tokens: number, at: number }

/** Longest question in bytes: a capability's name and its length */
const MAX_QUESTION = 1_024

/** The answering side: from live leases only, at a rate that each site has to itself */
export class Questions {
  readonly #components: QuestionsComponents
  readonly #buckets = new Map<SiteId, Bucket>()

  constructor (components: QuestionsComponents) {
    this.#components = components
  }

  answer (site: SiteId, ask: Ask): void {
    const { links, log } = this.#components
    const { code, body } = this.#decide(site, ask)

    if (code !== FINE) {
      log.debug({ site, code }, 'a question was not answered')
    }

    // without a link the asker has given up already
    links.send(site, { answer: { id: ask.id, code, body } })
  }

  #decide (site: SiteId, ask: Ask): { code: number, body: Uint8Array<ArrayBuffer> } {
    const nothing = new Uint8Array(0)

    if (!this.#hasRoom(site)) {
      return { code: TOO_MANY, body: nothing }
    }

    if (ask.kind !== ASK_WORKERS) {
      return { code: UNKNOWN_QUESTION, body: nothing }
    }

    if (!this.#components.access.authorize({ kind: 'site', id: site }, 'worker.find').allowed) {
      return { code: REFUSED, body: nothing }
    }

    const capability = read(ask.body)

    if (capability == null) {
      return { code: BAD_QUESTION, body: nothing }
    }

    return { code: FINE, body: WorkersAnswer.encode({ workers: this.#components.leases.live(capability) }) }
  }

  #hasRoom (site: SiteId): boolean {
    const now = this.#components.clock.monotonic()
    const bucket = this.#buckets.get(site) ?? { tokens: ASKS_AT_ONCE, at: now }
    bucket.tokens = Math.min(ASKS_AT_ONCE, bucket.tokens + (now - bucket.at) / 1_000 * ASKS_PER_SECOND)
    bucket.at = now
    this.#buckets.set(site, bucket)

    if (bucket.tokens < 1) {
      return false
    }

    bucket.tokens--

    return true
  }
}

/** Undefined for what is no question about a capability */
function read (body: Uint8Array): string | undefined {
  if (body.byteLength > MAX_QUESTION) {
    return
  }

  try {
    return checkCapability(WorkersQuestion.decode(body).capability)
  } catch {
    // whatever is wrong with it, the answer is the same code
  }
}
