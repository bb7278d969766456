/** Large bodies, and envelopes in the middle of their way. */
import type { AppId, SiteId } from '../../core/ids.ts'

export interface BeginInbound { envelopeId: Uint8Array, site: SiteId, hash: Uint8Array, now: number }
export interface InboundState {
  blob: number
  /** Whole chunks on disk */
  chunks: number
}
export interface AppendInbound { envelopeId: Uint8Array, chunk: number, data: Uint8Array }
export interface AppendBlob { blob: number, offset: number, data: Uint8Array }
export interface ReadBlob { blob: number, offset: number, length: number }

/** A body that an app brings before the task or result that it belongs to */
export interface Upload {
  id: string
  /** Bytes on disk */
  size: number
  /** What the app announced, bytes */
  length?: number
  /** What the app said that the whole hashes to */
  digest?: Uint8Array
  /** Of the whole body: set when it is complete */
  sha256?: Uint8Array
  /** Undefined when a task or result took it over */
  blob?: number
  /** Unix ms: unused until then, it is purged */
  expires: number
}

export interface BeginUpload {
  /** Unguessable */
  id: string
  app: AppId
  length?: number
  digest?: Uint8Array
  now: number
  /** Most that the app may have unused at a time */
  maxCount: number
  /** Bytes of all of them, announced ones included */
  maxBytes: number
}
export type BeginUploadOutcome = { kind: 'begun' } | { kind: 'too-many' } | { kind: 'too-much' }

export interface AppendUpload { id: string, app: AppId, offset: number, data: Uint8Array, now: number, maxBytes: number }
export type AppendUploadOutcome =
  | { kind: 'appended' }
  /** Complete, or `offset` is not where it ends: nothing is changed */
  | { kind: 'elsewhere', size: number, complete: boolean }
  | { kind: 'unknown' }
  | { kind: 'too-much' }

export interface CompleteUpload { id: string, app: AppId, size: number, sha256: Uint8Array, now: number }
export interface NameUpload { id: string, app: AppId }
