import { equals } from 'uint8arrays/equals'
import { InvalidInputError } from '../core/errors.ts'
import { hex } from './bytes.ts'
import { fingerprint } from './fingerprint.ts'
import { decodeEntry } from './roster/entry.ts'
import { follow } from './roster/follow.ts'
import { standingOf } from './roster/standing.ts'
import { authorityAt } from './roster/state.ts'
import type { RosterHead, Standing } from './index.ts'
import type { DecodedEntry } from './roster/entry.ts'
import type { Verify } from '../core/identity.ts'
import type { SiteId } from '../core/ids.ts'

/** First line of the file: what it is, and its version */
const FORMAT = 'beam-node roster 1'

/** Longest file that is read, characters. @default 64 Mi */
export const MAX_ROSTER_FILE = 67_108_864

export interface RosterReport {
  network: string
  fingerprint: string
  head: RosterHead
  entries: number
  /** Present authority key, hex */
  authority: string
  /** How often the authority key changed, recoveries included */
  rotations: number
  members: Array<{ site: SiteId, standing: Standing, notAfter: number }>
  /** Why the rest of the file could not be judged by this version */
  halted?: string
}

/** A line that says what it is, then one base64 line for each SignedEntry, from the genesis on */
export function rosterText (entries: Uint8Array[]): string {
  return [FORMAT, ...entries.map(entry => Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).toString('base64')), ''].join('\n')
}

/**
 * Judges an exported log by itself: every form, link and signature, from the genesis on.
 * That the genesis is the right one only its fingerprint tells, compared by people.
 *
 * @throws {InvalidInputError} naming the line or the entry that does not hold
 */
export async function verifyRosterText (text: string, now: number, verify: Verify): Promise<RosterReport> {
  if (text.length > MAX_ROSTER_FILE) {
    throw new InvalidInputError('roster file', `is longer than ${MAX_ROSTER_FILE} characters`)
  }

  const [format, ...lines] = text.split(/\r?\n/)

  if (format !== FORMAT) {
    throw new InvalidInputError('roster file', `must begin with the line "${FORMAT}": make one with "beam-node roster export"`)
  }

  const entries = lines.filter(line => line !== '').map(readLine)
  const gap = entries.findIndex(({ entry }, at) => entry.seq !== at || (at > 0 && !equals(entry.prev, entries[at - 1].hash)))

  if (gap !== -1) {
    throw new InvalidInputError('roster file', `line ${gap + 2}: entry ${entries[gap].entry.seq} does not follow the one before it`)
  }

  const followed = await follow(undefined, entries, verify)

  if (followed.kind === 'refused') {
    throw new InvalidInputError('roster file', followed.reason)
  }

  const { state } = followed

  return {
    network: state.network,
    fingerprint: fingerprint(state.genesis),
    head: state.head,
    entries: followed.entries.length,
    authority: hex(authorityAt(state, state.head.seq + 1)),
    rotations: state.authorities.length - 1,
    members: [...state.members.values()].map(member => ({ site: member.site, standing: standingOf(member, now), notAfter: member.notAfter })),
    ...(followed.halted == null ? {} : { halted: followed.halted })
  }
}

function readLine (line: string, at: number): DecodedEntry {
  try {
    return decodeEntry(new Uint8Array(Buffer.from(line, 'base64')))
  } catch (error) {
    throw new InvalidInputError('roster file', `line ${at + 2}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
