/**
 * Beam's JSON, key by key in Beam's order (alphabetical). Metadata and failure
 * strategy are kept as JSON text and go out as they are.
 */
import { ENCRYPTED } from './texts.ts'
import type { ResultView, TaskView } from '../../tasks/index.ts'

export function renderTask (task: TaskView): string {
  return `{"body":${JSON.stringify(task.body ?? ENCRYPTED)},"failure_strategy":${task.failureStrategy},"from":${JSON.stringify(task.from)},"id":"${task.id}","metadata":${task.metadata},"to":${JSON.stringify(task.to)},"ttl":${JSON.stringify(task.ttl)}}`
}

export function renderResult (result: ResultView): string {
  return `{"body":${JSON.stringify(result.body)},"from":${JSON.stringify(result.from)},"metadata":${result.metadata},"status":"${result.status}","task":"${result.task.id}","to":${JSON.stringify(result.to)}}`
}
