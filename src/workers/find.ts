import { parseId } from '../core/ids.ts'
import { checkCapability } from '../membership/capabilities.ts'
import { directoryName } from './index.ts'
import { ASK_LINKED, DIRECTORY_GRACE, FIND_TIMEOUT, MAX_ASKED } from './limits.ts'
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
    const again = await question(components, capability, signal, async (ask) => { sites.forEach(ask) })

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
  const found = await question(components, capability, signal, async (ask, answers, end) => hinted(components, capability, ask, answers, end))

  if (!signal.aborted) {
    const serving = found.workers.map(({ app }) => parseId(app, roster.network)?.siteId)
    known.found(capability, found.confirmed.filter((site) => site !== self && serving.includes(site)))
  }

  return found
}

/** Asks the sites that `whom` names, and those that have a link while they are few, each once */
async function question (components: FindComponents, capability: string, signal: AbortSignal, whom: (ask: (site: SiteId) => void, answers: () => Promise<boolean>, end: AbortSignal) => Promise<void>): Promise<Found> {
  const { self, roster, links, leases, asker, clock } = components
  const end = new AbortController()
  const stop = (): void => { end.abort() }
  const timer = clock.setTimeout(stop, FIND_TIMEOUT)
  signal.addEventListener('abort', stop)
  const workers = leases.live(capability)
  const confirmed = [self]
  const asked = new Map<SiteId, Promise<void>>()

  const ask = (site: SiteId): void => {
    if (site === self || asked.has(site) || asked.size >= MAX_ASKED || roster.standing(site) !== 'member') {
      return
    }

    asked.set(site, asker.ask(site, capability, end.signal).then((answer) => {
      if (answer != null) {
        workers.push(...answer)
        confirmed.push(site)
      }
    }))
  }

  try {
    const linked = links.up()

    if (linked.length <= ASK_LINKED) {
      linked.forEach(ask)
    }

    await whom(ask, async () => {
      await Promise.all(asked.values())

      return workers.length > 0
    }, end.signal)
    await Promise.all(asked.values())
  } finally {
    timer.cancel()
    signal.removeEventListener('abort', stop)
    end.abort()
  }

  return { workers: workers.sort(byApp), confirmed: confirmed.sort() }
}

/**
 * Asks whom the directory names, as it names them. It may wait long for peers that
 * do not answer: once somebody was found and everybody asked has answered, it gets a
 * little longer, no more.
 */
async function hinted (components: FindComponents, capability: string, ask: (site: SiteId) => void, answers: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const { directory, clock, log } = components
  const enough = new AbortController()
  const stop = (): void => { enough.abort() }
  signal.addEventListener('abort', stop)

  const walk = async (): Promise<void> => {
    try {
      for await (const site of directory.find(directoryName(capability), enough.signal)) {
        ask(site)
      }
    } catch (err) {
      if (!enough.signal.aborted) {
        log.debug({ err, capability }, 'the directory could not be asked')
      }
    }
  }

  const grace = async (): Promise<void> => {
    if (!await answers()) {
      return aborted(enough.signal)
    }

    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = clock.setTimeout(resolve, DIRECTORY_GRACE)
    enough.signal.addEventListener('abort', () => { resolve() })
    await promise
    timer.cancel()
  }

  await Promise.race([walk(), grace(), aborted(enough.signal)])
  stop()
  signal.removeEventListener('abort', stop)
}

async function aborted (signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }, { once: true }) })
  }
}

function byApp (a: WorkerLease, b: WorkerLease): number {
  return a.app < b.app ? -1 : 1
}
