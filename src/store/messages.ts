import { BeamError } from '../core/errors.ts'
import { StoreError } from './errors.ts'
import type { StoreErrorCode } from './errors.ts'
import type { Operation } from './operations.ts'
import type { StoreNews } from './types/journal.ts'

/** What passes between the store's client and its worker thread */
export interface Call {
  operation: Operation
  input: unknown
}

export type Reply =
  | { ok: true, value: unknown }
  | { ok: false, error: WireError }

export type ToWorker =
  | { kind: 'batch', calls: Call[] }
  /** Is there room again? */
  | { kind: 'probe' }
  | { kind: 'backup', to: string }
  | { kind: 'close' }

export type FromWorker =
  | { kind: 'open', incarnation: number, trouble?: WireError }
  | { kind: 'refused', error: WireError }
  /** In the order of the calls; sent after the commit */
  | { kind: 'done', replies: Reply[], trouble?: WireError, news?: StoreNews }
  | { kind: 'probed', trouble?: WireError }
  /** Before `open`: something that takes long */
  | { kind: 'note', text: string }
  /** How far a backup is; `ended` with the last one */
  | { kind: 'backup', done: number, total: number, ended?: { error?: WireError } }
  | { kind: 'closed' }

/** Classes do not survive the passage: the code tells which it was */
export interface WireError {
  code?: string
  message: string
  stack?: string
}

export function toWire (error: unknown): WireError {
  if (error instanceof BeamError) {
    return { code: error.code, message: error.message }
  }

  return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) }
}

export function fromWire ({ code, message, stack }: WireError): Error {
  if (code?.startsWith('STORE_') === true) {
    return new StoreError(code as StoreErrorCode, message)
  }

  const error = code == null ? new Error(message) : new BeamError(code, message)

  if (stack != null) {
    error.stack = stack
  }

  return error
}

/** From this many bytes on an array changes threads instead of being copied */
const TRANSFER = 16_384

export interface Packed {
  value: unknown
  /** Buffers that change threads */
  transfer: ArrayBuffer[]
  /** Bytes in arrays, to bound a message */
  bytes: number
}

/**
 * Makes a value fit to be posted. Posting a view copies the whole buffer under it,
 * and that may be Node's shared pool: only buffers that an array has to itself go.
 * `keep` says that the arrays belong to somebody who goes on using them: large ones
 * are copied once, and the copy changes threads.
 */
export function pack (value: unknown, keep: boolean): Packed {
  const packed: Packed = { value: undefined, transfer: [], bytes: 0 }
  packed.value = walk(value, keep, packed)

  return packed
}

function walk (value: unknown, keep: boolean, packed: Packed): unknown {
  if (typeof value !== 'object' || value == null) {
    return value
  }

  if (value instanceof Uint8Array) {
    return packBytes(value, keep, packed)
  }

  if (Array.isArray(value)) {
    return value.map(item => walk(item, keep, packed))
  }

  const copy: Record<string, unknown> = {}

  for (const [key, item] of Object.entries(value)) {
    copy[key] = walk(item, keep, packed)
  }

  return copy
}

function packBytes (bytes: Uint8Array, keep: boolean, packed: Packed): Uint8Array {
  const large = bytes.byteLength >= TRANSFER
  const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
  const own = whole && !(keep && large) ? bytes : new Uint8Array(bytes)

  packed.bytes += bytes.byteLength

  if (large) {
    packed.transfer.push(own.buffer as ArrayBuffer)
  }

  return own
}

/**
 * Gives the memory of large arrays back at once: left to the collector, the bodies of a
 * transfer would pile up to a hundred MiB. Only for what nobody else has.
 */
export function release (value: unknown): void {
  if (value instanceof Uint8Array) {
    if (value.byteLength >= TRANSFER && value.byteLength === value.buffer.byteLength && value.buffer instanceof ArrayBuffer) {
      (value.buffer as ArrayBuffer & { transfer(length: number): ArrayBuffer }).transfer(0)
    }
  } else if (typeof value === 'object' && value != null) {
    Object.values(value).forEach(release)
  }
}
