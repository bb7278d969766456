import { layout } from '../config/layout.ts'
import { loadConfig } from '../config/load-config.ts'
import { controlClient, NotRunningError } from '../control/client.ts'
import { requireMember } from '../control/offline.ts'
import { BeamError, InvalidInputError } from '../core/errors.ts'
import { factsAtRest, LETTERS, olderVersion } from './at-rest.ts'
import type { Patient, Refused, RunningFacts, SiteFacts } from './index.ts'
import type { LoadConfigInput } from '../config/load-config.ts'
import type { Operator, TaskView } from '../control/index.ts'
import type { Clock } from '../core/clock.ts'

export interface ExamineInit extends LoadConfigInput {
  /** Absolute */
  dir: string
  clock: Clock
  node: Patient['node']
}

/** Everything that can be known before the checks, from the daemon when one runs, else from the store */
export async function examine ({ dir, clock, node, ...init }: ExamineInit): Promise<Patient> {
  const patient: Patient = { dir, files: layout(dir), clock, node }

  try {
    patient.loaded = await loadConfig({ dir, ...init })
  } catch (err) {
    patient.configError = (err as Error).message
  }

  try {
    Object.assign(patient, await factsOfDaemon(controlClient(dir)))
  } catch (err) {
    if (err instanceof NotRunningError) {
      await atRest(patient, clock)
    } else if (err instanceof InvalidInputError) {
      patient.factsError = { code: err.code, message: err.message }
    } else {
      patient.silent = (err as Error).message
    }
  }

  return patient
}

async function atRest (patient: Patient, clock: Clock): Promise<void> {
  try {
    requireMember(patient.files)
    patient.outdated = await olderVersion(patient.files)

    if (patient.outdated == null) {
      patient.facts = await factsAtRest(patient.files, clock)
    }
  } catch (err) {
    patient.factsError = { code: err instanceof BeamError ? err.code : 'INTERNAL', message: (err as Error).message }
  }
}

/** Refused tasks that are looked at */
const REFUSED = 20

function refusals ({ id, deliveries }: TaskView): Refused[] {
  return deliveries
    .filter(({ state }) => state === 'refused')
    .map(({ to, since, reason }) => ({ task: id, to, since, ...(reason == null ? {} : { reason }) }))
}

/** It does not know the operation: then nothing is known of what it would say */
function olderDaemon (err: unknown): undefined {
  if (!(err instanceof BeamError && err.code === 'NOT_FOUND')) {
    throw err
  }
}

async function factsOfDaemon (operator: Operator): Promise<{ running: RunningFacts, facts: SiteFacts }> {
  const [status, members, peers, letters, refused, relays] = await Promise.all([
    operator.status(),
    operator.members(),
    operator.peers(),
    operator.outbox({ limit: LETTERS }),
    operator.listTasks({ state: 'refused', limit: REFUSED }),
    operator.relays().catch(olderDaemon)
  ])
  const oldest = letters.at(0)
  const { admission, roster, queue } = status

  return {
    running: {
      pid: status.pid,
      api: status.api,
      version: status.version,
      reasons: status.reasons,
      clockAlarms: status.clockAlarms,
      ...(status.proxy == null ? {} : { proxy: status.proxy }),
      ...(relays == null ? {} : { relays }),
      links: peers.map(({ site, rtt, clockOffset, path }) => ({ site, rtt, clockOffset, path }))
    },
    facts: {
      self: status.id,
      standing: admission.standing,
      until: admission.until,
      reason: admission.reason,
      roster: { seq: roster.seq, forked: status.forked, halted: status.halted },
      members: members.filter(({ site }) => site !== status.id).map(({ site, standing, addresses }) => ({ site, standing, addresses })),
      waiting: queue.sites,
      letters,
      refused: refused.flatMap(refusals),
      ...(oldest == null ? {} : { oldest: { site: oldest.site, since: oldest.since, note: oldest.note } })
    }
  }
}
