import { equals } from 'uint8arrays/equals'
import { BeamError, InvalidInputError, RefusedError } from '../../core/errors.ts'
import { quote } from '../../core/ids.ts'
import { sameSecret } from '../bytes.ts'
import { ENROLL_REFUSALS } from '../enroll/codes.ts'
import { answerMac } from '../enroll/macs.ts'
import { decodeRequest } from '../enroll/request.ts'
import { decodeEntry } from '../roster/entry.ts'
import { follow } from '../roster/follow.ts'
import { standingOf } from '../roster/standing.ts'
import type { PreparedJoin } from './prepare.ts'
import type { Verify } from '../../core/identity.ts'
import type { EnrollAnswer } from '../../protocols/enroll/pb/enroll.ts'
import type { DecodedEntry } from '../roster/entry.ts'

/** The ticket cannot be used, now (`final` false) or ever */
export class EnrollRefusedError extends RefusedError {
  /** Code of the answer */
  readonly answer: number
  readonly final: boolean

  constructor (answer: number, reason: string, final: boolean) {
    super(reason)
    this.name = 'EnrollRefusedError'
    this.answer = answer
    this.final = final
  }
}

/** The inviter does not say what it must: nothing of it is used */
export class EnrollAnswerError extends BeamError {
  constructor (rule: string) {
    super('ENROLL_ANSWER', `the answer of the inviter is not to be trusted: ${rule}`)
    this.name = 'EnrollAnswerError'
  }
}

export interface Admitted {
  networkSecret: Uint8Array
  /** The log as far as this version can follow it, verified */
  entries: DecodedEntry[]
  /** Not verified yet */
  records: Uint8Array[]
}

/**
 * @throws {EnrollRefusedError}
 * @throws {EnrollAnswerError}
 */
export async function checkAnswers (prepared: PreparedJoin, answers: EnrollAnswer[], now: number, verify: Verify): Promise<Admitted> {
  const [first] = answers

  if (first == null) {
    throw new EnrollAnswerError('there is none')
  }

  checkRefusal(first)
  checkMacs(prepared, answers)

  if (first.networkSecret.byteLength !== 32) {
    throw new EnrollAnswerError('it holds no network secret')
  }

  const entries = decodeEntries(answers)

  if (entries.length === 0 || !equals(entries[0].hash, prepared.ticket.genesis)) {
    throw new EnrollAnswerError('its roster does not begin with the genesis that the ticket names')
  }

  const followed = await follow(undefined, entries, verify)

  if (followed.kind === 'refused') {
    throw new EnrollAnswerError(`its roster does not verify: ${followed.reason}`)
  }

  const member = followed.state.members.get(prepared.site)

  if (member == null || !equals(member.signingKey, signingKey(prepared))) {
    throw new EnrollAnswerError(followed.halted ?? `its roster does not admit ${prepared.site} with the key that was made here`)
  }

  const standing = standingOf(member, now)

  if (standing === 'revoked') {
    throw new EnrollRefusedError(ENROLL_REFUSALS.revoked[0], `${prepared.site} was revoked since it was admitted`, true)
  }

  if (standing !== 'member') {
    throw new BeamError('CLOCK', `${prepared.site} is admitted from ${new Date(member.notBefore).toISOString()} to ${new Date(member.notAfter).toISOString()}, but the clock of this machine says ${new Date(now).toISOString()}: set it and run the same command again`)
  }

  return { networkSecret: first.networkSecret, entries: followed.entries, records: answers.flatMap(({ records }) => records) }
}

/** Known codes are told in our own words: the text of a stranger only where there is nothing better */
function checkRefusal ({ code, reason }: EnrollAnswer): void {
  if (code === 0) {
    return
  }

  const known = Object.values(ENROLL_REFUSALS).find(([number]) => number === code)
  const passing = [ENROLL_REFUSALS.limited[0], ENROLL_REFUSALS.unavailable[0], ENROLL_REFUSALS.frozen[0], ENROLL_REFUSALS.waiting[0]].some(number => number === code)

  throw new EnrollRefusedError(code, known?.[1] ?? `the inviter refused with code ${code}: ${quote(reason)}`, !passing)
}

function checkMacs ({ ticket, request }: PreparedJoin, answers: EnrollAnswer[]): void {
  const mac = decodeRequest(request)?.mac ?? new Uint8Array()

  answers.forEach((answer, index) => {
    if (answer.code !== 0 || answer.more !== (index < answers.length - 1) || !sameSecret(answerMac(ticket.secret, mac, index, answer), answer.mac)) {
      throw new EnrollAnswerError('it is incomplete, or not from someone who knows the ticket')
    }
  })
}

function decodeEntries (answers: EnrollAnswer[]): DecodedEntry[] {
  try {
    return answers.flatMap(({ entries }) => entries.map(decodeEntry))
  } catch (error) {
    if (error instanceof InvalidInputError) {
      throw new EnrollAnswerError(error.message)
    }

    throw error
  }
}

function signingKey ({ request }: PreparedJoin): Uint8Array {
  return decodeRequest(request)?.signingKey ?? new Uint8Array()
}
