import { schema } from './schema.ts'
import type { Unit } from './units.ts'

/** One setting: a leaf of the schema, with its name in each place it can be set */
export interface Field {
  /** Dotted path in the file: `api.bodyLimit` */
  path: string
  /** `BEAM_NODE_API_BODY_LIMIT` */
  env: string
  /** Without dashes: `api-body-limit` */
  flag: string
  kind: 'string' | 'integer' | 'list' | 'json'
  unit?: Unit
  description: string
  default?: unknown
  /** `url`: a password in it is hidden wherever it is shown */
  secret?: 'url'
}

interface Node {
  type?: string
  properties?: Record<string, Node>
  items?: Node
  unit?: Unit
  flag?: string
  description?: string
  default?: unknown
  secret?: 'url'
}

const words = (path: string): string[] => path
  .replace(/([a-z])([A-Z])/g, '$1.$2')
  .toLowerCase()
  .split('.')

function kindOf (node: Node): Field['kind'] {
  if (node.type === 'array') {
    return node.items?.type === 'string' ? 'list' : 'json'
  }

  return node.type === 'integer' ? 'integer' : 'string'
}

function leaves (node: Node, path: string): Field[] {
  if (node.properties != null) {
    return Object.entries(node.properties).flatMap(([name, child]) => leaves(child, path === '' ? name : `${path}.${name}`))
  }

  return [{
    path,
    env: `BEAM_NODE_${words(path).join('_').toUpperCase()}`,
    flag: node.flag ?? words(path).join('-'),
    kind: kindOf(node),
    unit: node.unit,
    description: node.description ?? '',
    default: node.default,
    ...(node.secret == null ? {} : { secret: node.secret })
  }]
}

/** Every setting in the order of the schema */
export const FIELDS: Field[] = leaves(schema as unknown as Node, '')

export function fieldAt (path: string): Field | undefined {
  return FIELDS.find(field => field.path === path)
}
