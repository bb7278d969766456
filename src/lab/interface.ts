import type { SiteId } from '../core/ids.ts'

export interface LabInit {
  network: string
  /** The first one founds the network, the others join it. `apiPort` 0 for any */
  sites: Array<{ name: string, apiPort: number }>
  /** Every site gets each of them with the key given */
  apps?: Array<{ name: string, key: string }>
  /**
   * Keeps the state there, and goes on with what is there already.
   *
   * @default a temporary directory that is removed at the end
   */
  dir?: string
  /** The program whose daemons are started. @default the one beside this module */
  bin?: string
  onEvent?(event: LabEvent): void
  /** Ends it while it starts */
  signal?: AbortSignal
  /** Longest wait until every site reaches every other, ms. @default 60_000 */
  timeout?: number
}

export interface LabEvent {
  kind: 'founded' | 'joined' | 'started' | 'connected' | 'ended' | 'back'
  site: SiteId
  /** For people */
  text: string
}

export interface LabSite {
  id: SiteId
  /** URL of its API */
  api: string
  pid: number
  /** Its data directory */
  dir: string
}

export interface Lab {
  readonly sites: LabSite[]
  /** Ends every daemon, also those that were started from outside, and removes a temporary directory */
  stop(): Promise<void>
  /** Resolves when a signal that ends the daemon has ended it */
  kill(site: SiteId, signal: NodeJS.Signals): Promise<void>
  /** Starts the daemon of a site that has ended; resolves when it answers */
  restart(site: SiteId): Promise<LabSite>
}
