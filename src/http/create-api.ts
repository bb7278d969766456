import { createParser } from './beam/parse.ts'
import { createValidator } from './beam/validate.ts'
import { addBodyRoutes } from './bodies/index.ts'
import { addBodies } from './body.ts'
import { Connections } from './connections.ts'
import { addEvents } from './events/index.ts'
import { addGuards } from './guards/index.ts'
import { addHealth } from './health/index.ts'
import { Lifecycle } from './lifecycle.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { addMetrics } from './metrics/index.ts'
import { addOpenapi, collectSchemas } from './openapi/index.ts'
import { addPeers } from './peers/index.ts'
import { Polls } from './polls.ts'
import { addResults } from './results/index.ts'
import { createServer } from './server.ts'
import { addSites } from './sites/index.ts'
import { Stalls } from './stalls.ts'
import { addTasks } from './tasks/index.ts'
import { addWorkers } from './workers/index.ts'
import type { HttpContext } from './context.ts'
import type { Api, ApiComponents } from './index.ts'

export async function createApi (components: ApiComponents): Promise<Api> {
  const { config, membership, apps } = components
  const log = components.log.child({ component: 'http' })
  const limits = { ...DEFAULT_LIMITS, ...components.limits }
  const validator = createValidator(membership.roster.network)

  const context: HttpContext = {
    ...components,
    log,
    limits,
    validator,
    parser: createParser(validator, config.tasks),
    polls: new Polls(config.api.maxPolls),
    stalls: new Stalls({ after: limits.stall, onCut: () => { components.metrics?.readerCut() } })
  }

  apps.keyEnded.subscribe((app) => { context.polls.cut(app) })

  const connections = new Connections(limits.maxConnections)
  const server = createServer({ api: config.api, limits, connections, log })

  await collectSchemas(server)
  addGuards(server, apps, connections)
  addBodies(server, { bodyLimit: config.api.bodyLimit, maxReceiving: limits.maxReceiving })

  addTasks(server, context)
  addResults(server, context)
  await addBodyRoutes(server, context)

  if (components.appEvents != null) {
    addEvents(server, context, components.appEvents)
  }

  addWorkers(server, context)
  addSites(server, context)
  addPeers(server, context)
  addHealth(server, context)
  addMetrics(server, context)
  addOpenapi(server, context)

  await server.ready()

  return new Lifecycle(server, context)
}
