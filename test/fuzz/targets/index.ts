/**
 * What is fuzzed. A target gets any bytes; an error that the decoder documents is
 * caught inside, everything that leaves `run` is a finding.
 */
import { audit } from './audit.ts'
import { backup } from './backup.ts'
import { circuit } from './circuit.ts'
import { config } from './config.ts'
import { envelope } from './envelope.ts'
import { frames } from './frames.ts'
import { http } from './http.ts'
import { mailbox } from './mailbox.ts'
import { query } from './query.ts'
import { rosterFile } from './roster-file.ts'
import { roster } from './roster.ts'
import { ticket } from './ticket.ts'

export interface Target {
  /** Where mutation starts: valid inputs of each kind */
  seeds: Uint8Array[]
  /** Pieces that mean something to the decoder */
  dictionary: Uint8Array[]
  /** Bytes */
  maxLength: number
  /** @throws whatever is a finding */
  run(data: Uint8Array): void | Promise<void>
}

export const targets: Record<string, Target> = { frames, envelope, roster, ticket, http, query, config, audit, 'roster-file': rosterFile, backup, mailbox, circuit }
