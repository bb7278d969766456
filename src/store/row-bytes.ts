import type { StoredBody } from './types/facts.ts'

/**
 * About what a row takes in memory, without a body that lies elsewhere: metadata may have
 * a MiB, recipients be a thousand. A character of metadata takes up to two bytes.
 */
export function rowBytes ({ body, metadata, to }: { body: StoredBody, metadata: string, to: string[] }): number {
  return to.reduce((sum, id) => sum + id.length, (body.inline?.byteLength ?? 0) + 2 * metadata.length)
}
