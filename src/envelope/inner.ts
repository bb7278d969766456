import { InvalidInputError } from '../core/errors.ts'
import { parseId } from '../core/ids.ts'
import { checkJsonText } from '../core/json.ts'
import { EnvelopeError } from './errors.ts'
import { hasAtMostFields } from './fields.ts'
import { MAX_BODY, MAX_INNER, MAX_TTL } from './index.ts'
import {
  HASH, MAX_APP_ID_BYTES, MAX_FAILURE_STRATEGY, MAX_INNER_FIELDS, MAX_METADATA, MAX_RECIPIENTS, MAX_REFERENCE, MAX_SITE_ID_BYTES, MAX_TTL_TEXT
} from './limits.ts'
import { Inner } from './pb/envelope.ts'
import type { InnerInput, LabelView } from './index.ts'

/** Values of Inner.kind */
export const TASK = 1
export const RESULT = 2
export const CANCEL = 3

const STATUSES = new Set(['claimed', 'succeeded', 'tempfailed', 'permfailed'])
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** What Inner must agree with */
export type LabelContext = Pick<LabelView, 'network' | 'from' | 'to' | 'expires'>

/**
 * @throws {EnvelopeError} `too-large`, `malformed` or `inconsistent`
 */
export function encodeInner (input: InnerInput, label: LabelContext): Uint8Array {
  const inner = complete(input)
  checkInner(inner, label)
  const bytes = Inner.encode(inner)

  if (bytes.byteLength > MAX_INNER) {
    throw new EnvelopeError('too-large', `inner has at most ${MAX_INNER} bytes, not ${bytes.byteLength}`)
  }

  return bytes
}

/**
 * Who could have written these bytes is proven by now, so refusals are for good.
 * Unknown fields are ignored: this is where the format may grow.
 *
 * @throws {EnvelopeError} `too-large` or `malformed`
 */
export function decodeInner (bytes: Uint8Array): Inner {
  if (bytes.byteLength > MAX_INNER) {
    throw new EnvelopeError('too-large', `inner has at most ${MAX_INNER} bytes, not ${bytes.byteLength}`, 'for-good')
  }

  if (!hasAtMostFields(bytes, MAX_INNER_FIELDS)) {
    throw new EnvelopeError('malformed', `inner must be a message of at most ${MAX_INNER_FIELDS} fields`, 'for-good')
  }

  try {
    return Inner.decode(bytes)
  } catch (error) {
    throw new EnvelopeError('malformed', `inner does not decode: ${String(error)}`, 'for-good')
  }
}

/**
 * Each field within its limit, and Inner in agreement with the label: what an app of
 * one site sends can be said in no other site's name.
 *
 * @throws {EnvelopeError} `too-large` or `inconsistent`
 */
export function checkInner (inner: Inner, label: LabelContext): void {
  checkLengths(inner)

  const sender = parseId(inner.from, label.network)

  if (sender?.kind !== 'app' || sender.siteId !== label.from) {
    throw inconsistent('from is no app of the site that sent the envelope')
  }

  const recipients = inner.to.map((id) => parseId(id, label.network))

  if (recipients.includes(undefined)) {
    throw inconsistent('to names what is no id of this network')
  }

  if (!UUID.test(inner.taskId)) {
    throw inconsistent('task_id is no UUID in lower case with hyphens')
  }

  checkJson('metadata', inner.metadata)

  if (inner.kind === TASK) {
    if (!recipients.some((recipient) => recipient?.siteId === label.to)) {
      throw inconsistent('to names nobody at the site that the envelope is for')
    }

    checkTask(inner, label)

    if (inner.ttl === '') {
      throw inconsistent('a task has a ttl')
    }

    if (!isFailureStrategy(checkJson('failure_strategy', inner.failureStrategy))) {
      throw inconsistent('failure_strategy is neither "discard" nor {"retry":{"backoff_millisecs":<n>,"max_tries":<n>}}')
    }
  } else if (inner.kind === CANCEL) {
    if (!recipients.some((recipient) => recipient?.siteId === label.to)) {
      throw inconsistent('to names nobody at the site that the envelope is for')
    }

    if (inner.bodySize !== 0) {
      throw inconsistent('a cancel has no body')
    }

    checkTask(inner, label)
  } else if (inner.kind === RESULT) {
    checkResult(inner, label)
  } else {
    throw new EnvelopeError('unsupported', `inner has the unknown kind ${inner.kind}`, 'for-good')
  }
}

/** A task, or the word that it is cancelled: both are its creator's, and name its one life */
function checkTask (inner: Inner, label: LabelContext): void {
  if (inner.creator !== label.from) {
    throw inconsistent('a task is sent, and cancelled, by the site that created it')
  }

  if (inner.expires !== label.expires) {
    throw inconsistent('a task expires when its envelope does')
  }

  if (inner.created > inner.expires || inner.expires - inner.created > MAX_TTL) {
    throw inconsistent(`a task lives 0 to ${MAX_TTL} ms`)
  }
}

function checkResult (inner: Inner, label: LabelContext): void {
  if (inner.creator !== label.to) {
    throw inconsistent('a result is sent to the site that created its task')
  }

  if (!STATUSES.has(inner.status)) {
    throw inconsistent('status is none of claimed, succeeded, tempfailed, permfailed')
  }

  if (inner.answers.byteLength !== 0 && inner.answers.byteLength !== HASH) {
    throw inconsistent(`answers has 0 or ${HASH} bytes`)
  }
}

function checkLengths (inner: Inner): void {
  if (inner.to.length > MAX_RECIPIENTS) {
    throw new EnvelopeError('too-large', `to names at most ${MAX_RECIPIENTS} ids`, 'for-good')
  }

  checkText('from', inner.from, MAX_APP_ID_BYTES)
  checkText('creator', inner.creator, MAX_SITE_ID_BYTES)
  checkText('metadata', inner.metadata, MAX_METADATA)
  checkText('ttl', inner.ttl, MAX_TTL_TEXT)
  checkText('failure_strategy', inner.failureStrategy, MAX_FAILURE_STRATEGY)
  checkText('actor', inner.actor, MAX_REFERENCE)
  checkText('organization', inner.organization, MAX_REFERENCE)
  checkText('collaboration', inner.collaboration, MAX_REFERENCE)
  checkText('parent', inner.parent, MAX_REFERENCE)
  checkText('job', inner.job, MAX_REFERENCE)

  if (!(inner.bodySize <= MAX_BODY)) {
    throw new EnvelopeError('too-large', `a body has at most ${MAX_BODY} bytes`, 'for-good')
  }

  if (inner.bodySha256.byteLength !== HASH) {
    throw inconsistent(`body_sha256 has ${HASH} bytes`)
  }

  for (const [field, value] of Object.entries({ body_size: inner.bodySize, created: inner.created, expires: inner.expires, incarnation: inner.incarnation, revision: inner.revision })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw inconsistent(`${field} is no whole number below 2^53`)
    }
  }
}

function checkText (field: string, text: string, max: number): void {
  if (text.length * 3 > max && Buffer.byteLength(text) > max) {
    throw new EnvelopeError('too-large', `${field} has at most ${max} bytes`, 'for-good')
  }

  if (!text.isWellFormed()) {
    throw inconsistent(`${field} is no Unicode text`)
  }
}

/** Whoever hands this on inside a JSON answer must be able to rely on its being JSON that every parser reads */
function checkJson (field: string, text: string): unknown {
  try {
    return checkJsonText(text, field)
  } catch (error) {
    if (error instanceof InvalidInputError) {
      throw inconsistent(error.message)
    }

    throw error
  }
}

/** As the API takes it: apps read it with strict types */
function isFailureStrategy (value: unknown): boolean {
  if (value === 'discard') {
    return true
  }

  const retry = (value as { retry?: { backoff_millisecs?: unknown, max_tries?: unknown } } | null)?.retry

  return isCount(retry?.backoff_millisecs) && isCount(retry?.max_tries)
}

function isCount (value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0
}

function inconsistent (rule: string): EnvelopeError {
  return new EnvelopeError('inconsistent', `the sealed part does not fit: ${rule}`, 'for-good')
}

const EMPTY = Inner.decode(new Uint8Array(0))

/** What is absent or undefined gets protobuf's default */
function complete (input: InnerInput): Inner {
  const given = Object.entries(input).filter(([, value]) => value !== undefined)

  return { ...EMPTY, ...Object.fromEntries(given) }
}
