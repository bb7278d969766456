/**
 * Bodies as streams: brought before the task or result that they belong to, in one go
 * or piece by piece, and read back in pieces. Nobody holds more than a few MiB of one.
 */
import type { AppId } from '../../core/ids.ts'

/** Bodies that one app may have brought and not used. @default 16 */
export const MAX_UPLOADS = 16

/** Bytes of them, as a multiple of the longest body. @default 4 */
export const UPLOAD_BODIES = 4

/** Bodies that are being received at a time, of all apps together. @default 16 */
export const MAX_INGESTS = 16

/** Of one app: it must not take all the places of the others. @default 8 */
export const MAX_APP_INGESTS = 8

/** Uploads whose hash is kept in memory between two requests; others are read again. @default 64 */
export const MAX_HASHES = 64

export interface UploadView {
  id: string
  /** Bytes on disk: they survive whatever comes */
  size: number
  complete: boolean
  /** Of the whole body, when it is complete */
  sha256?: Uint8Array
  /** Unix ms: unused until then, it is purged */
  expires: number
}

export interface BeginInit {
  /** Bytes of the whole, when they are known */
  length?: number
  /** SHA-256 that the whole must have */
  digest?: Uint8Array
}

export interface AppendInit {
  offset: number
  /** Nothing follows: after this the body is complete */
  whole: boolean
  /** SHA-256 of what this call brings */
  contentDigest?: Uint8Array
  /** SHA-256 that the whole must have */
  digest?: Uint8Array
  /** Nobody can go on with it after a cut: then it is dropped */
  once?: boolean
}

export type AppendOutcome =
  | { kind: 'appended', upload: UploadView }
  /** It ends elsewhere or is complete: nothing was changed */
  | { kind: 'elsewhere', upload: UploadView }
  | { kind: 'unknown' }

/** A body that can be read in pieces */
export interface BodySource {
  size: number
  sha256: Uint8Array
  /** `length` bytes from `offset` on, piece by piece */
  read(offset: number, length: number): AsyncGenerator<Uint8Array>
}

export interface Bodies {
  /** Longest body in bytes */
  readonly maxBody: number
  /** @throws {LimitError} {@link BodyTooLargeError} */
  begin(app: AppId, init: BeginInit): Promise<UploadView>
  /**
   * Resolves when all that `source` brought is on disk. What came before a cut is kept.
   *
   * @throws {InvalidInputError} {@link BodyTooLargeError}
   */
  append(app: AppId, id: string, init: AppendInit, source: AsyncIterable<Uint8Array>): Promise<AppendOutcome>
  find(app: AppId, id: string): Promise<UploadView | undefined>
  drop(app: AppId, id: string): Promise<boolean>

  /** For recipients */
  ofTask(app: AppId, id: string): Promise<
    | { kind: 'found', body: BodySource }
    | { kind: 'not-found' | 'not-recipient' | 'cancelled' }
    | { kind: 'ambiguous', creators: AppId[] }>
  /** For the task's creator, when the result names it */
  ofResult(app: AppId, id: string, from: AppId): Promise<
    | { kind: 'found', body: BodySource }
    | { kind: 'not-found' | 'not-creator' }>
}
