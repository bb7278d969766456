import { controlClient, NotRunningError } from '../../control/client.ts'
import { peerView } from '../../control/peer-view.ts'
import { withStore } from '../../control/with-store.ts'
import { InvalidInputError, UnavailableError } from '../../core/errors.ts'
import { silentLog } from '../../core/log.ts'
import { systemRandom } from '../../core/random.ts'
import { loadMembership } from '../../membership/load.ts'
import { wayOf } from '../reach-out.ts'
import { MOST_LETTERS } from './hops/outbox.ts'
import type { Journey } from './index.ts'
import type { Clock } from '../../core/clock.ts'
import type { Patient } from '../index.ts'

/**
 * What must be known before the first step, from the daemon when one runs, else from the
 * store.
 *
 * @throws {BeamError} when neither can tell, or for a text that is no site
 */
export async function setOut (patient: Patient, site: string, clock: Clock): Promise<Journey> {
  const journey = await ofDaemon(patient, site).catch(async (err) => {
    if (err instanceof NotRunningError) {
      return atRest(patient, site, clock)
    }

    throw err
  })

  if (journey.peer.site === journey.peer.self) {
    throw new InvalidInputError('--peer', `must be another site: ${journey.peer.site} is this one`)
  }

  const outbound = wayOf(patient)

  return outbound == null ? journey : { ...journey, outbound }
}

async function ofDaemon (patient: Patient, site: string): Promise<Journey> {
  const operator = controlClient(patient.dir)
  const [peer, peers] = await Promise.all([operator.peer({ site }), operator.peers()])
  const letters = await operator.outbox({ site: peer.site, limit: MOST_LETTERS })
  const link = peers.find(({ site }) => site === peer.site)

  return {
    patient,
    peer,
    letters,
    ...(link == null ? {} : { link }),
    probe: async addresses => operator.probe({ site: peer.site, addresses }),
    links: async () => operator.peers()
  }
}

async function atRest (patient: Patient, site: string, clock: Clock): Promise<Journey> {
  if (patient.facts == null) {
    throw new UnavailableError(`the daemon does not run, and its store cannot tell: ${patient.factsError?.message ?? patient.outdated ?? patient.silent ?? 'beam-node doctor says more'}`)
  }

  return withStore(patient.dir, async store => {
    const membership = await loadMembership({ dir: patient.dir, store, clock, random: systemRandom, log: silentLog })
    const peer = peerView(membership, site)

    return { patient, peer, letters: await store.listWaiting({ site: peer.site, limit: MOST_LETTERS, now: clock.now() }), links: async () => [] }
  })
}
