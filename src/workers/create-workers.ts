import { InvalidInputError, LimitError, RefusedError } from '../core/errors.ts'
import { quote } from '../core/ids.ts'
import { checkCapability } from '../membership/capabilities.ts'
import { Asker } from './asker.ts'
import { find } from './find.ts'
import { Known } from './known.ts'
import { allows, Leases } from './leases.ts'
import { MAX_CAPABILITIES, MAX_LEASE, MAX_WORKERS, MIN_LEASE } from './limits.ts'
import { Provider } from './provider.ts'
import { Questions } from './questions.ts'
import type { Workers } from './index.ts'
import type { Access } from '../access/index.ts'
import type { Config } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
import type { AppId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { Membership } from '../membership/index.ts'
import type { Directory, Links } from '../network/index.ts'
import type { Store } from '../store/index.ts'

export interface WorkersComponents {
  membership: Pick<Membership, 'self' | 'roster'>
  store: Store
  links: Links
  directory: Directory
  access: Access
  config: Pick<Config, 'workers'>
  clock: Clock
  random: Random
  log: Log
}

export interface RunningWorkers extends Workers {
  start(): Promise<void>
  stop(): Promise<void>
}

export function createWorkers (components: WorkersComponents): RunningWorkers {
  const { membership, store, links, directory, access, config, clock, random } = components
  const { self, roster } = membership
  const { network } = roster
  const log = components.log.child({ component: 'workers' })
  const provider = new Provider({ directory, clock, random, log })
  const leases = new Leases({ self, roster, store, clock }, () => { provider.set(leases.capabilities()) })
  const asker = new Asker({ network, roster, links, clock, log })
  const known = new Known(clock)
  const questions = new Questions({ access, clock, links, leases, log })
  // from now on: links may bring questions before the rest of the daemon stands
  const ends = [
    links.frames.subscribe(({ site, frame, done }) => {
      if (frame.ask != null) {
        questions.answer(site, frame.ask)
        done()
      } else if (frame.answer != null) {
        asker.answered(site, frame.answer)
        done()
      }
    }),
    roster.changed.subscribe(() => { provider.set(leases.capabilities()) })
  ]

  return {
    announce: async (app, capabilities, leaseMs) => {
      check(capabilities, leaseMs)
      const refused = capabilities.find((name) => !allows(roster, self, name))

      if (refused != null) {
        throw new RefusedError(`the admission of ${self} does not allow the capability ${quote(refused)}: its patterns are ${quote(patterns(components).join(' ') || 'none')}`)
      }

      if (capabilities.length === 0) {
        await leases.remove(app)
        return { until: clock.now() }
      }

      if (leases.live().length >= MAX_WORKERS && !leases.live().some((lease) => lease.app === app)) {
        throw new LimitError(`${MAX_WORKERS} apps of this site announce capabilities already, the most that are answered for`)
      }

      const until = clock.now() + leaseMs
      await leases.put({ app, capabilities: [...new Set(capabilities)], until })

      return { until }
    },

    withdraw: async (app) => leases.remove(app),
    find: async (capability, signal) => find({ self, roster, links, directory, leases, asker, known, clock, log }, capability, signal),
    local: async (capability) => leases.live(capability),

    async start () {
      for (const { app, capabilities } of config.workers) {
        declare(leases, { app: `${app}.${self}`, capabilities }, components, log)
      }

      await leases.load()
      provider.set(leases.capabilities())
    },

    async stop () {
      ends.forEach((end) => { end() })
      known.stop()
      leases.stop()
      await provider.stop()
    }
  }
}

/** What the admission does not allow is said once; it counts as soon as a renewed admission allows it */
function declare (leases: Leases, declared: { app: AppId, capabilities: string[] }, { membership }: WorkersComponents, log: Log): void {
  check(declared.capabilities, MAX_LEASE)
  leases.declare(declared.app, declared.capabilities)
  const refused = declared.capabilities.filter((name) => !allows(membership.roster, membership.self, name))

  if (refused.length > 0) {
    log.warn({ app: declared.app, refused }, 'the configuration declares capabilities that this site\'s admission does not allow')
  }
}

/** @throws {InvalidInputError} */
function check (capabilities: string[], leaseMs: number): void {
  if (capabilities.length > MAX_CAPABILITIES) {
    throw new InvalidInputError('capabilities', `must be at most ${MAX_CAPABILITIES}, not ${capabilities.length}`)
  }

  capabilities.forEach((name, index) => checkCapability(name, `capabilities[${index}]`))

  if (!(leaseMs >= MIN_LEASE && leaseMs <= MAX_LEASE)) {
    throw new InvalidInputError('lease', `must be ${MIN_LEASE} to ${MAX_LEASE} ms, not ${leaseMs}`)
  }
}

function patterns ({ membership }: WorkersComponents): string[] {
  return membership.roster.member(membership.self)?.capabilities ?? []
}
