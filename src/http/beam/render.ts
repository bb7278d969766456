/**
 * Beam's JSON, key by key in Beam's order (alphabetical). Metadata and failure
 * strategy are kept as JSON text and go out as they are; so does a long body that
 * needs no escapes.
 */
import { isPlain } from '../../core/json-bytes.ts'
import { ENCRYPTED } from './texts.ts'
import type { BodyRef, ResultView, TaskView } from '../../tasks/index.ts'

/** A text, or pieces that make one when they leave one after the other */
export type Rendered = string | [string, Uint8Array, string]

export function renderTask (task: TaskView): Rendered {
  return withBody(task, `${renderRef(task.bodyRef, `/v1/tasks/${task.id}/body`)},"failure_strategy":${task.failureStrategy},"from":${JSON.stringify(task.from)},"id":"${task.id}","metadata":${task.metadata},"to":${JSON.stringify(task.to)},"ttl":${JSON.stringify(task.ttl)}}`)
}

export function renderResult (result: ResultView): Rendered {
  return withBody(result, `${renderRef(result.bodyRef, `/v1/tasks/${result.task.id}/results/${encodeURIComponent(result.from)}/body`)},"from":${JSON.stringify(result.from)},"metadata":${result.metadata},"status":"${result.status}","task":"${result.task.id}","to":${JSON.stringify(result.to)}}`)
}

export function asText (rendered: Rendered): string {
  return typeof rendered === 'string' ? rendered : `${rendered[0]}${textOf(rendered[1])}${rendered[2]}`
}

function withBody ({ body, bodyBytes }: Pick<TaskView, 'body' | 'bodyBytes'>, rest: string): Rendered {
  if (bodyBytes != null && isPlain(bodyBytes)) {
    return ['{"body":"', bodyBytes, `"${rest}`]
  }

  return `{"body":${JSON.stringify(bodyBytes == null ? body ?? ENCRYPTED : textOf(bodyBytes))}${rest}`
}

function textOf ({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8')
}

function renderRef (ref: BodyRef | undefined, url: string): string {
  return ref == null ? '' : `,"body_ref":${JSON.stringify({ size: ref.size, sha256: Buffer.from(ref.sha256).toString('hex'), url })}`
}
