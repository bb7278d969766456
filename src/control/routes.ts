import type { Operator } from './index.ts'

/** Operations of the control socket, each `POST /<name>` with a JSON body of this schema */
const text = (maxLength: number): object => ({ type: 'string', minLength: 1, maxLength })

function body (properties: Record<string, object>, required: string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false }
}

const limit = { type: 'integer', minimum: 1, maximum: 10_000 }

const app = body({ name: text(63), key: text(1_024) }, ['name'])

export const ROUTES: Record<keyof Operator, object> = {
  status: body({}),
  id: body({}),
  members: body({}),
  invite: body({
    site: text(63),
    organization: text(256),
    capabilities: { type: 'array', maxItems: 64, items: text(128) },
    lifetime: { type: 'integer' },
    approve: { type: 'boolean' }
  }, ['site']),
  renew: body({ site: text(318) }, ['site']),
  rotateAuthority: body({}),
  recover: body({ recoveryKey: text(8_192), ancestor: { type: 'integer', minimum: 1 } }, ['recoveryKey']),
  rosterPage: body({ from: { type: 'integer', minimum: 0 } }, ['from']),
  listInvites: body({}),
  decideInvite: body({ invite: text(318), decision: { type: 'string', enum: ['cancel', 'approve', 'refuse'] } }, ['invite', 'decision']),
  revoke: body({ site: text(318), reason: text(500) }, ['site']),
  listApps: body({}),
  addApp: app,
  rotateApp: app,
  removeApp: body({ name: text(63) }, ['name']),
  backup: body({ file: text(4_096) }, ['file']),
  peers: body({}),
  peer: body({ site: text(381) }, ['site']),
  probe: body({ site: text(318), addresses: { type: 'array', maxItems: 16, items: text(1_024) } }, ['site']),
  relays: body({}),
  listTasks: body({
    limit,
    state: { type: 'string', enum: ['queued', 'delivered', 'claimed', 'answered', 'expired', 'refused', 'parked', 'cancelling', 'cancelled'] },
    app: text(381),
    olderThan: { type: 'integer', minimum: 0 }
  }),
  outbox: body({ limit, site: text(318) }),
  acceptClock: body({}),
  showTask: body({ id: text(64) }, ['id']),
  cancelTask: body({ id: text(64) }, ['id']),
  auditPage: body({
    sign: { type: 'boolean' },
    cursor: body({ stage: { type: 'string', enum: ['roster', 'entries'] }, at: { type: 'integer', minimum: 0 }, upTo: { type: 'integer', minimum: 0 } }, ['stage', 'at', 'upTo'])
  }),
  stop: body({})
}
