import { request } from 'node:http'
import { layout } from '../config/layout.ts'
import { BeamError, InvalidInputError } from '../core/errors.ts'
import { ROUTES } from './routes.ts'
import { findSocketPath } from './socket-path.ts'
import type { Operator } from './index.ts'

/** How long an answer may take, ms: an invitation or a revocation asks other sites first */
const TIMEOUT = 30_000

/** A backup takes as long as the disk needs, ms */
const TIMEOUTS: Record<string, number> = { backup: 86_400_000 }

export class NotRunningError extends BeamError {
  constructor (dir: string) {
    super('NOT_RUNNING', `no daemon is running on ${dir}; start it with: beam-node start --dir ${dir}`)
    this.name = 'NotRunningError'
  }
}

/**
 * The operator of the daemon that runs on a data directory.
 *
 * @throws {NotRunningError} from each operation when there is none
 */
export function controlClient (dir: string): Operator {
  const call = (name: string) => async (input: unknown) => callDaemon(dir, name, input ?? {})

  return Object.fromEntries(Object.keys(ROUTES).map(name => [name, call(name)])) as unknown as Operator
}

function notADirectory (dir: string): InvalidInputError {
  return new InvalidInputError('--dir', `must be a directory: ${dir}, or a part of that path, is a file`)
}

async function callDaemon (dir: string, name: string, input: unknown): Promise<unknown> {
  const path = await findSocketPath(layout(dir)).catch((err: NodeJS.ErrnoException) => { throw err.code === 'ENOTDIR' ? notADirectory(dir) : err })

  if (path == null) {
    throw new NotRunningError(dir)
  }

  const { status, text } = await post(path, name, JSON.stringify(input)).catch((err: NodeJS.ErrnoException) => {
    // ECONNREFUSED: a socket left by a daemon that was killed
    if (err.code === 'ENOTDIR') {
      throw notADirectory(dir)
    }

    throw ['ENOENT', 'ECONNREFUSED'].includes(err.code ?? '') ? new NotRunningError(dir) : new BeamError('UNAVAILABLE', `the daemon on ${dir} does not answer: ${err.message}`, { cause: err })
  })
  const value = text === '' ? undefined : JSON.parse(text)

  if (status >= 300) {
    throw new BeamError(value?.error?.code ?? 'INTERNAL', value?.error?.message ?? `the daemon answered ${status}`)
  }

  return value
}

async function post (socketPath: string, name: string, body: string): Promise<{ status: number, text: string }> {
  const timeout = TIMEOUTS[name] ?? TIMEOUT

  return new Promise((resolve, reject) => {
    const call = request({
      socketPath,
      path: `/${name}`,
      method: 'POST',
      agent: false,
      timeout,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => { chunks.push(chunk) })
      response.on('error', reject)
      response.on('end', () => { resolve({ status: response.statusCode ?? 500, text: Buffer.concat(chunks).toString() }) })
    })

    call.on('timeout', () => { call.destroy(new Error(`no answer within ${timeout / 1_000} s`)) })
    call.on('error', reject)
    call.end(body)
  })
}
