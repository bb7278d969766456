import type { Access, Decision, Operation, Principal, Resource } from './index.ts'

/**
 * The one place that says who may do what. What a principal may do at all stands in
 * a table; what it may touch, in the rules below it.
 */
const OPERATIONS: Record<Principal['kind'], ReadonlySet<Operation>> = {
  app: new Set<Operation>([
    'task.create', 'task.list', 'task.read', 'task.deliveries', 'task.cancel', 'body.bring', 'result.put', 'result.list', 'event.list',
    'worker.announce', 'worker.find', 'site.list', 'health', 'openapi'
  ]),
  site: new Set<Operation>(['task.receive', 'task.cancel', 'result.receive', 'worker.find']),
  operator: new Set<Operation>(['operate', 'task.list', 'task.read', 'task.deliveries', 'task.cancel', 'result.list', 'worker.announce', 'worker.find', 'site.list', 'health', 'openapi']),
  anonymous: new Set<Operation>(['health', 'openapi'])
}

const ALLOWED: Decision = { allowed: true }

export function createAccess (): Access {
  return { authorize }
}

function authorize (principal: Principal, operation: Operation, resource?: Resource): Decision {
  if (!OPERATIONS[principal.kind].has(operation)) {
    return { allowed: false, reason: `${nameOf(principal)} may not do ${operation}` }
  }

  if (resource == null || principal.kind === 'operator' || principal.kind === 'anonymous') {
    return ALLOWED
  }

  if (resource.from != null && !speaksFor(principal, resource.from)) {
    return { allowed: false, reason: `${nameOf(principal)} may not speak for ${resource.from}` }
  }

  if (principal.kind === 'app' && resource.owner != null && resource.owner !== principal.id && !resource.recipients?.includes(principal.id)) {
    return { allowed: false, reason: `${nameOf(principal)} is neither the creator nor a recipient` }
  }

  return ALLOWED
}

/** An app speaks for itself, a site for its own apps */
function speaksFor (principal: Exclude<Principal, { kind: 'operator' | 'anonymous' }>, from: string): boolean {
  return from === principal.id || (principal.kind === 'site' && from.endsWith(`.${principal.id}`) && !from.slice(0, -principal.id.length - 1).includes('.'))
}

function nameOf (principal: Principal): string {
  return principal.kind === 'app' || principal.kind === 'site' ? `the ${principal.kind} ${principal.id}` : `the ${principal.kind}`
}
