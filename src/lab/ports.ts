import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { UnavailableError } from '../core/errors.ts'

/**
 * Below what systems hand out to outgoing connections, so that a daemon that is
 * started again finds its port free
 */
const FIRST = 20_000
const LAST = 32_000

const ATTEMPTS = 100

/** Free TCP ports of the loopback interface, all different */
export async function freePorts (count: number): Promise<number[]> {
  const found = new Set<number>()

  for (let attempt = 0; attempt < ATTEMPTS + count && found.size < count; attempt++) {
    const port = randomInt(FIRST, LAST)

    if (!found.has(port) && await isFree(port)) {
      found.add(port)
    }
  }

  if (found.size < count) {
    throw new UnavailableError(`found no ${count} free ports between ${FIRST} and ${LAST}`)
  }

  return [...found]
}

async function isFree (port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()

    server.once('error', () => { resolve(false) })
    server.listen(port, '127.0.0.1', () => {
      server.close(() => { resolve(true) })
    })
  })
}
