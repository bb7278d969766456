import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join as pathOf } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { layout } from '../config/layout.ts'
import { loadConfig } from '../config/load-config.ts'
import { systemClock } from '../core/clock.ts'
import { BeamError } from '../core/errors.ts'
import { fileExists } from '../core/files.ts'
import { silentLog } from '../core/log.ts'
import { systemRandom } from '../core/random.ts'
import { rawPublicKey } from '../core/raw-keys.ts'
import { ENROLL_REFUSALS } from '../membership/enroll/codes.ts'
import { fingerprint } from '../membership/fingerprint.ts'
import { EnrollRefusedError } from '../membership/join/check-answers.ts'
import { completeJoin, prepareJoin } from '../membership/join/index.ts'
import { enroll } from '../network/enroll-client.ts'
import { createOutbound } from '../network/proxy/create-outbound.ts'
import { withStore } from './with-store.ts'
import { prepareConfig } from './write-config.ts'
import type { ConfigFlags } from './write-config.ts'
import type { JoinedNetwork } from '../membership/join/index.ts'

export interface JoinSiteInit {
  dir: string
  /** As pasted */
  ticket: string
  organization?: string
  /** Asks again while the inviter cannot be reached, until the ticket ends. @default false */
  wait?: boolean
  /** What goes into config.yaml */
  config: ConfigFlags
  /** Progress, for people */
  onProgress?(text: string): void
}

/** A join that waits for approval asks again after this, ms */
const APPROVAL_POLL = 3_000

/** A join that waits for an inviter that is off asks again after this, ms, twice as long each time up to what the limits of a relay allow for ever */
const SILENCE_POLL = 3_000
const SILENCE_POLL_MOST = 12_000

/** The inviter must be reached and answer within this, ms */
const ENROLL_TIMEOUT = 60_000

/**
 * `join`: this data directory as a member of the network that the ticket names. A
 * join that was cut anywhere is finished by the same ticket.
 */
export async function joinSite (init: JoinSiteInit): Promise<JoinedNetwork> {
  const fresh = !await fileExists(init.dir)

  try {
    return await join(init)
  } catch (error) {
    // a refusal for good changes nothing; after any other failure the same ticket goes on where it was
    if (fresh && error instanceof EnrollRefusedError && error.final && !await isTaken(init.dir)) {
      await rm(init.dir, { recursive: true })
    }

    throw error
  }
}

interface Patience {
  /** The ticket's end, Unix ms */
  expires: number
  /** Also for an inviter that was not reached yet */
  wait: boolean
  /** An operator has to agree */
  onApproval(): void
  /** Nobody answered */
  onSilence(error: Error): void
}

/**
 * Asks again every few seconds while the inviter says that an operator has to agree. Once
 * it said so, it may be restarted, or be out of reach for a while: the ticket's end
 * is the end.
 */
async function untilAnswered (ask: () => Promise<JoinedNetwork>, { expires, wait, onApproval, onSilence }: Patience): Promise<JoinedNetwork> {
  let waiting = false
  let silent = false
  let pause = SILENCE_POLL

  for (;;) {
    try {
      return await ask()
    } catch (error) {
      const waits = error instanceof EnrollRefusedError && error.answer === ENROLL_REFUSALS.waiting[0]

      if (!waits && !((waiting || wait) && passes(error) && systemClock.now() < expires)) {
        throw error
      }

      if (waits && !waiting) {
        onApproval()
        waiting = true
      } else if (!waits && !silent) {
        onSilence(error as Error)
        silent = true
      }
    }

    await sleep(waiting ? APPROVAL_POLL : pause)
    pause = Math.min(2 * pause, SILENCE_POLL_MOST)
  }
}

function passes (error: unknown): boolean {
  return error instanceof EnrollRefusedError ? !error.final : error instanceof BeamError && error.code === 'UNREACHABLE'
}

/** Another `init` or `join` made the directory its own meanwhile */
async function isTaken (dir: string): Promise<boolean> {
  return await fileExists(pathOf(dir, 'network.json')) || fileExists(pathOf(dir, 'keys'))
}

async function join ({ dir, ticket, organization, config, wait = false, onProgress = () => {} }: JoinSiteInit): Promise<JoinedNetwork> {
  const writeConfig = await prepareConfig(dir, config)
  const { config: { network } } = await loadConfig({ dir, flags: existsSync(layout(dir).config) ? {} : config })
  const outbound = createOutbound({ config: { network }, clock: systemClock, log: silentLog })
  const prepared = await prepareJoin({ dir, ticket, organization, clock: systemClock, random: systemRandom })

  onProgress(`network      ${prepared.ticket.network}`)
  onProgress(`fingerprint  ${prepared.fingerprint}`)
  onProgress(`asking ${prepared.ticket.addresses.join(' ')} to admit ${prepared.site} …`)

  const ask = async (): Promise<JoinedNetwork> => withStore(dir, async store => {
    const { ticket, request, peerKey } = prepared
    const answers = await enroll({ ticket, request, peerKey, outbound, signal: AbortSignal.timeout(ENROLL_TIMEOUT) })

    return completeJoin({ dir, store, prepared, answers, clock: systemClock, log: silentLog })
  })
  const { expires } = prepared.ticket
  const onSilence = ({ message }: Error): void => { onProgress(`${message}\nwaiting for it until ${new Date(expires).toISOString()}; ctrl-C is harmless, the same command goes on`) }
  const onApproval = (): void => {
    onProgress(`the fingerprint of this site is ${fingerprint(rawPublicKey(prepared.keys.site))}: tell it to the operator there, who runs: beam-node invites approve ${prepared.ticket.site}`)
    onProgress('waiting for approval; ctrl-C is harmless, the same command goes on')
  }
  const joined = await untilAnswered(ask, { expires, wait, onApproval, onSilence })

  onProgress(`admitted; the roster has ${joined.entries} entries`)
  await writeConfig()

  return joined
}
