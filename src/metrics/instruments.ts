import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'

/** Makes the instruments of one registry; nothing is kept in prom-client's global one */
export interface Instruments {
  counter<L extends string = string>(name: string, help: string, labelNames?: L[]): Counter<L>
  /** Set at each scrape by `collect` */
  gauge<L extends string = string>(name: string, help: string, labelNames?: L[]): Gauge<L>
  histogram<L extends string = string>(name: string, help: string, buckets: number[], labelNames?: L[]): Histogram<L>
}

export function instrumentsOf (registry: Registry): Instruments {
  const registers = [registry]

  return {
    counter: (name, help, labelNames = []) => new Counter({ name, help, labelNames, registers }),
    gauge: (name, help, labelNames = []) => new Gauge({ name, help, labelNames, registers }),
    histogram: (name, help, buckets, labelNames = []) => new Histogram({ name, help, buckets, labelNames, registers })
  }
}
