/**
 * Capabilities of local apps: announced with a lease, found through the directory,
 * confirmed live. The directory is a hint; what counts is the answer of the site
 * itself, filtered by what its admission allows. Its interface stands beside that of
 * tasks, because dialects use both.
 */
export type { Workers } from '../tasks/index.ts'

/** A live lease */
export interface WorkerLease {
  app: string
  capabilities: string[]
  /** Unix ms by the clock of the site that said it */
  until: number
}

/** The directory's name of a capability */
export function directoryName (capability: string): string {
  return `cap/${capability}`
}
