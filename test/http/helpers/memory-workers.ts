import { RefusedError } from '../../../src/core/errors.ts'
import type { Workers } from '../../../src/tasks/index.ts'

/** A test double: announcements of one site in memory */
export class MemoryWorkers implements Workers {
  readonly announced = new Map<string, { app: string, capabilities: string[], until: number }>()
  lease = 0

  async announce (app: string, capabilities: string[], leaseMs: number): Promise<{ until: number }> {
    const forbidden = capabilities.find((name) => name.startsWith('forbidden'))

    if (forbidden != null) {
      throw new RefusedError(`the admission of this site does not allow the capability ${forbidden}`)
    }

    this.lease = leaseMs
    this.announced.set(app, { app, capabilities, until: Date.now() + leaseMs })

    return { until: Date.now() + leaseMs }
  }

  async withdraw (app: string): Promise<boolean> {
    return this.announced.delete(app)
  }

  async find (capability: string): ReturnType<Workers['find']> {
    return { workers: await this.local(capability), confirmed: ['proxy1.broker'] }
  }

  async local (capability?: string): ReturnType<Workers['local']> {
    return [...this.announced.values()].filter(({ capabilities }) => capability == null || capabilities.includes(capability))
  }
}
