import { parseDuration } from '../../core/durations.ts'
import { InvalidInputError } from '../../core/errors.ts'
import { checkWellFormed, memberText, parseJson } from '../../core/json.ts'
import { parseUuid } from '../../core/uuid.ts'
import { release } from '../../store/messages.ts'
import { invalidBody } from './invalid-body.ts'
import { limited, ResultBody, TaskBody } from './schemas.ts'
import type { Validate, Validator } from './validate.ts'
import type { Config } from '../../config/index.ts'
import type { JsonDocument } from '../../core/json.ts'
import type { NewResult, NewTask } from '../../tasks/index.ts'
import type { Static } from 'typebox'

export type ParseLimits = Pick<Config['tasks'], 'maxRecipients' | 'maxTtl'>

export interface BeamParser {
  /** @throws {HttpError} 400 with Beam's text, then field and rule */
  task(bytes: Buffer | undefined): NewTask
  /** @throws {HttpError} 400 with Beam's text, then field and rule */
  result(bytes: Buffer | undefined): NewResult
}

const EMPTY = Buffer.alloc(0)

export function createParser (validator: Validator, limits: ParseLimits): BeamParser {
  const checkTask = validator.compile(limited(TaskBody, limits.maxRecipients), 'request body')
  const checkResult = validator.compile(limited(ResultBody, limits.maxRecipients), 'request body')

  return {
    task: (bytes) => read(bytes, checkTask, (document) => toTask(document, limits.maxTtl)),
    result: (bytes) => read(bytes, checkResult, toResult)
  }
}

function read<T extends { body: string | Uint8Array }> (bytes: Buffer | undefined, check: Validate, convert: (document: JsonDocument) => T): T {
  let isKept = false

  try {
    const document = parseJson(bytes ?? EMPTY, 'request body', 'body')

    check(document.value)

    const value = convert(document)
    isKept = typeof value.body !== 'string'

    return value
  } catch (error) {
    throw invalidBody(error)
  } finally {
    // it is text by now: left to the collector, large bodies would pile up to a hundred MiB
    if (!isKept) {
      release(bytes)
    }
  }
}

function toTask (document: JsonDocument, maxTtl: number): NewTask {
  const value = document.value as Static<typeof TaskBody>

  return {
    id: parseUuid(value.id) ?? value.id,
    from: value.from,
    to: value.to,
    ...bodyOf(value, document),
    ttl: value.ttl,
    ttlMs: Math.min(Math.floor(parseDuration(value.ttl, 's') ?? 0), maxTtl),
    failureStrategy: memberText(document, 'failure_strategy'),
    metadata: memberText(document, 'metadata')
  }
}

function toResult (document: JsonDocument): NewResult {
  const value = document.value as Static<typeof ResultBody>

  return {
    taskId: parseUuid(value.task) ?? value.task,
    from: value.from,
    to: value.to,
    status: value.status,
    ...bodyOf(value, document),
    metadata: memberText(document, 'metadata')
  }
}

/** Missing and null read as empty, as in Beam; in their place an upload may be named */
function bodyOf ({ body, body_ref: upload }: Pick<Static<typeof TaskBody>, 'body' | 'body_ref'>, { aside }: JsonDocument): { body: string | Uint8Array, upload?: string } {
  const text = body ?? ''

  if (upload != null) {
    if (body != null) {
      throw new InvalidInputError('body_ref', 'must not stand beside body: name one of both')
    }

    return { body: '', upload }
  }

  if (aside != null) {
    return { body: aside.bytes }
  }

  checkWellFormed(text, 'body')

  return { body: text }
}
