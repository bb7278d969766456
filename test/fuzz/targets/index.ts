/**
 * What is fuzzed. A target gets any bytes; an error that the decoder documents is
 * caught inside, everything that leaves `run` is a finding.
 */
import { config } from './config.ts'
import { envelope } from './envelope.ts'
import { frames } from './frames.ts'
import { http } from './http.ts'
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
  run(data: Uint8Array): void
}

export const targets: Record<string, Target> = { frames, envelope, roster, ticket, http, config }
