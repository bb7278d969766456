/** Large bodies, and envelopes in the middle of their way. */
import type { SiteId } from '../../core/ids.ts'

export interface BeginInbound { envelopeId: Uint8Array, site: SiteId, hash: Uint8Array, now: number }
export interface InboundState {
  blob: number
  /** Whole chunks on disk */
  chunks: number
}
export interface AppendInbound { envelopeId: Uint8Array, chunk: number, data: Uint8Array }
export interface AppendBlob { blob: number, offset: number, data: Uint8Array }
export interface ReadBlob { blob: number, offset: number, length: number }
