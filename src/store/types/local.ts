/** Apps, workers and addresses of this site, and what is asked about tasks. */
import type { RecipientDelivery, TaskFacts } from './facts.ts'
import type { AppId, SiteId } from '../../core/ids.ts'

export interface AppRow {
  /** First fragment of the app id */
  name: string
  scheme: 'sha256' | 'scrypt'
  salt: Uint8Array
  hash: Uint8Array
  created: number
}

export interface WorkerRow {
  app: AppId
  capabilities: string[]
  /** Unix ms */
  until: number
}

export interface AddressRow {
  site: SiteId
  address: string
  /** Last time a connection to it worked, Unix ms */
  lastGood: number
}

export interface TaskFilter {
  app: AppId | SiteId
  /** Only what the app has still to answer: it is a recipient, and its own result is absent or `tempfailed` */
  todo: boolean
  /** Only tasks it created, or only tasks it is a recipient of. @default both */
  as?: 'creator' | 'recipient'
  now: number
  /** At most this many, in order of arrival */
  limit: number
  /** No further task once the inline bodies add up to this. @default 134_217_728 (128 MiB) */
  maxBytes?: number
}

export interface TaskSummary extends TaskFacts {
  seq: number
  size: number
  deliveries: RecipientDelivery[]
}
