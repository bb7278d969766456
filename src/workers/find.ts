import { parseId } from '../core/ids.ts'
import { checkCapability } from '../membership/capabilities.ts'
import { directoryName } from './index.ts'
import { ASK_LINKED, FIND_TIMEOUT, FOUND_GRACE, KNOWN_GRACE, MAX_ASKED } from './limits.ts'
import type { Asker } from './asker.ts'
import type { WorkerLease } from './index.ts'
import type { Known } from './known.ts'
import type { Leases } from './leases.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Roster } from '../membership/index.ts'
import type { Directory, Links } from '../network/index.ts'

export interface FindComponents {
  self: SiteId
  roster: Pick<Roster, 'network' | 'standing'>
  links: Links
  directory: Directory
  leases: Leases
  asker: Asker
  known: Known
  clock: Clock
  log: Log
}

export interface Found {
  workers: WorkerLease[]
  confirmed: SiteId[]
}

/**
 * Who works on a capability, said by the sites themselves. The directory decides
 * only whom to ask; sites with a link are asked too while they are few. So a stale or
 * lying directory costs a delay, never a wrong answer. Our own site answers itself.
 *
 * Who served it a moment ago is asked again without the directory: an answer within a
 * round trip, and as live as the others.
 *
 * @throws {InvalidInputError} for what is no name of a capability
 */
export async function find (components: FindComponents, capability: string, signal: AbortSignal): Promise<Found> {
  const { known, links } = components
  checkCapability(capability)
  const sites = known.sites(capability)

  if (sites != null && sites.every((site) => links.isUp(site))) {
    const again = await question(components, capability, signal, async ({ ask, atMost }) => {
      await Promise.all(sites.map(ask))
      atMost(KNOWN_GRACE)
    })

    if (again.confirmed.some((site) => sites.includes(site))) {
      known.refresh(capability, async (ending) => search(components, capability, ending))

      return again
    }

    known.forget(capability)
  }

  return search(components, capability, signal)
}

async function search (components: FindComponents, capability: string, signal: AbortSignal): Promise<Found> {
  const { self, roster, known } = components
  const found = await question(components, capability, signal, async ({ ask, end }) => hinted(components, capability, ask, end))

  if (!signal.aborted) {
    const serving = found.workers.map(({ app }) => parseId(app, roster.network)?.siteId)
    known.found(capability, found.confirmed.filter((site) => site !== self && serving.includes(site)))
  }

  return found
}

interface Asking {
  /** Resolves when the site has answered, or will not */
  ask(site: SiteId): Promise<void>
  /** From now on all that is still open has so long, ms */
  atMost(ms: number): void
  /** Nobody waits any more */
  end: AbortSignal
}

/**
 * Asks the sites that `whom` names, and those that have a link while they are few, each
 * once. Once somebody was found the others have a little longer, no more: a site that is
 * named and off, or a peer of the directory that never answers, must not hold up those
 * that are there.
 */
async function question (components: FindComponents, capability: string, signal: AbortSignal, whom: (asking: Asking) => Promise<void>): Promise<Found> {
  const { self, roster, links, leases, asker, clock } = components
  const end = new AbortController()
  const stop = (): void => { end.abort() }
  const timers = [clock.setTimeout(stop, FIND_TIMEOUT)]
  signal.addEventListener('abort', stop)
  const workers = leases.live(capability)
  const confirmed = [self]
  const asked = new Map<SiteId, Promise<void>>()

  const atMost = (ms: number): void => {
    if (!end.signal.aborted) {
      timers.push(clock.setTimeout(stop, ms))
    }
  }

  const ask = async (site: SiteId): Promise<void> => {
    const already = asked.get(site)

    if (already != null || site === self || asked.size >= MAX_ASKED || roster.standing(site) !== 'member') {
      return already
    }

    const asking = asker.ask(site, capability, end.signal).then((answer) => {
      if (answer != null) {
        if (workers.length === 0 && answer.length > 0) {
          atMost(FOUND_GRACE)
        }

        workers.push(...answer)
        confirmed.push(site)
      }
    })
    asked.set(site, asking)

    return asking
  }

  try {
    const linked = links.up()
    const first = Promise.all(linked.length > ASK_LINKED ? [] : linked.map(ask))

    if (workers.length > 0) {
      // own ones: the others are asked all the same
      void first.then(() => { atMost(FOUND_GRACE) })
    }

    await whom({ ask, atMost, end: end.signal })
    await Promise.all(asked.values())
  } finally {
    timers.forEach((timer) => { timer.cancel() })
    signal.removeEventListener('abort', stop)
    end.abort()
  }

  return { workers: workers.sort(byApp), confirmed: confirmed.sort() }
}

/** Asks whom the directory names, as it names them */
async function hinted ({ directory, log }: FindComponents, capability: string, ask: Asking['ask'], end: AbortSignal): Promise<void> {
  const walk = async (): Promise<void> => {
    try {
      for await (const site of directory.find(directoryName(capability), end)) {
        void ask(site)
      }
    } catch (err) {
      if (!end.aborted) {
        log.debug({ err, capability }, 'the directory could not be asked')
      }
    }
  }

  await Promise.race([walk(), aborted(end)])
}

async function aborted (signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }, { once: true }) })
  }
}

function byApp (a: WorkerLease, b: WorkerLease): number {
  return a.app < b.app ? -1 : 1
}
