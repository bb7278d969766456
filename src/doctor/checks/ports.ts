import { createServer } from 'node:net'
import { connects } from '../connects.ts'
import { hostPort } from '../host-port.ts'
import type { Check, Finding } from '../index.ts'

type Found = Omit<Finding, 'check'>

const CAUSES: Record<string, string> = {
  EADDRINUSE: 'another program uses it already',
  EACCES: 'this user may not bind it',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no address, and no name that this machine knows',
  EAI_AGAIN: 'no address, and names cannot be looked up now'
}

/** While the daemon runs its ports must answer; else they must be free for it */
export const ports: Check = {
  name: 'ports',
  run: async ({ loaded, running }) => {
    if (loaded == null) {
      return [{ level: 'notice', found: 'not looked at: the configuration cannot be read' }]
    }

    const { api, network } = loaded.config
    const served = running == null ? undefined : new URL(running.api)
    const wanted = [
      { field: 'api.port', host: served?.hostname.replace(/^\[|\]$/g, '') ?? api.host, port: Number(served?.port ?? api.port) },
      ...network.listen.map(address => ({ field: 'network.listen', ...hostPort(address) }))
    ].filter(({ port }) => port !== 0)

    return Promise.all(wanted.map(async ({ field, host, port }) => running == null ? free(field, host, port) : answers(field, host, port)))
  }
}

async function free (field: string, host: string, port: number): Promise<Found> {
  const code = await bindError(host, port)

  if (code == null) {
    return { level: 'ok', found: `${host}:${port} is free for ${field}` }
  }

  return { level: 'error', found: `${host}:${port} cannot be bound for ${field}: ${CAUSES[code] ?? code}`, mend: `stop what uses it, or set another ${field}` }
}

async function bindError (host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()

    server.once('error', (err: NodeJS.ErrnoException) => { resolve(err.code ?? err.message) })
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => { resolve(undefined) })
    })
  })
}

/** Addresses that stand for all of a machine's */
const EVERYWHERE: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

async function answers (field: string, host: string, port: number): Promise<Found> {
  const failure = await connects(EVERYWHERE[host] ?? host, port)

  return failure == null
    ? { level: 'ok', found: `${host}:${port} answers (${field})` }
    : { level: 'error', found: `the daemon runs, but ${host}:${port} does not answer: ${failure}`, mend: `was ${field} changed after its start? Then restart it; else look at its log and at the firewall of this machine` }
}
