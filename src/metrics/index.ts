/**
 * Figures about this daemon for Prometheus. What happens is counted where it is
 * seen: once a batch of the store, once a request. What is, is looked up when
 * somebody scrapes, and the store is asked for it at most every few seconds, so that
 * scraping costs the same however often it is done.
 *
 * No label is chosen by another site or by an app: routes are templates, reasons and
 * codes are our own words. Site ids are the one exception, and their number is
 * bounded. Names of apps, task ids and addresses are in no label.
 */
import type { Clock } from '../core/clock.ts'
import type { MailboxFigures } from '../mailbox/index.ts'
import type { Membership } from '../membership/index.ts'
import type { Network } from '../network/index.ts'
import type { Store } from '../store/index.ts'
import type { StoreObserver } from '../store/observer.ts'
import type { StoreTrouble } from '../store/trouble.ts'

/** Told of each answered request */
export interface HttpMetrics {
  /** `route` is the template, undefined for a path that is none; `seconds` from the header lines to the end of the answer */
  request(method: string, route: string | undefined, status: number, seconds: number): void
  /** A reader of an event stream or a large answer took nothing and was cut */
  readerCut(): void
  /** What to ask for the number of held polls and event streams */
  countPolls(held: () => number): void
  /** The text that Prometheus reads */
  render(): Promise<{ contentType: string, text: string }>
}

/** What is looked up at each scrape */
export interface MetricsSources {
  membership: Pick<Membership, 'self' | 'roster' | 'records'>
  network: Pick<Network, 'links' | 'peers' | 'reachable' | 'relaying' | 'relayed' | 'pathChanges'>
  store: Pick<Store, 'gauges' | 'counts'>
  /** Envelopes and receipts that were not accepted, by reason */
  refusals(): Record<string, number>
  waiters(): number
  /** Mail kept, left and collected */
  mail?(): Promise<MailboxFigures>
  /** Why nothing is accepted */
  paused(): string | undefined
  trouble(): StoreTrouble | undefined
  ready(): boolean
}

export interface MetricsInit {
  /** Of the program */
  version: string
  /** The database */
  file: string
  clock: Clock
  /** Sites that get series of their own; 0 for none */
  maxSites: number
}

export interface Metrics extends HttpMetrics {
  /** Handed to the store before anything else exists */
  readonly observer: StoreObserver
  /** Once everything stands */
  watch(sources: MetricsSources): void
}
