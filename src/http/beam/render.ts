/**
 * Beam's JSON, key by key in Beam's order (alphabetical). Metadata and failure
 * strategy are kept as JSON text and go out as they are.
 */
import { ENCRYPTED } from './texts.ts'
import type { BodyRef, ResultView, TaskView } from '../../tasks/index.ts'

export function renderTask (task: TaskView): string {
  return `{"body":${JSON.stringify(task.body ?? ENCRYPTED)}${renderRef(task.bodyRef, `/v1/tasks/${task.id}/body`)},"failure_strategy":${task.failureStrategy},"from":${JSON.stringify(task.from)},"id":"${task.id}","metadata":${task.metadata},"to":${JSON.stringify(task.to)},"ttl":${JSON.stringify(task.ttl)}}`
}

export function renderResult (result: ResultView): string {
  return `{"body":${JSON.stringify(result.body)}${renderRef(result.bodyRef, `/v1/tasks/${result.task.id}/results/${encodeURIComponent(result.from)}/body`)},"from":${JSON.stringify(result.from)},"metadata":${result.metadata},"status":"${result.status}","task":"${result.task.id}","to":${JSON.stringify(result.to)}}`
}

function renderRef (ref: BodyRef | undefined, url: string): string {
  return ref == null ? '' : `,"body_ref":${JSON.stringify({ size: ref.size, sha256: Buffer.from(ref.sha256).toString('hex'), url })}`
}
