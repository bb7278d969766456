/**
 * The least that could be done for a POST that is on disk before it is answered:
 * a bare node:http server that appends the body to one file, and shares one
 * fdatasync among all that wait. Run as a process of its own; prints its URL.
 */
import { mkdtempSync, openSync, fdatasync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const dir = mkdtempSync(join(tmpdir(), 'beam-bench-'))
const file = openSync(join(dir, 'log'), 'a', 0o600)
let waiting: ServerResponse[] = []
let syncing = false

const server = createServer((request, response) => {
  const chunks: Buffer[] = []

  request.on('data', (chunk: Buffer) => { chunks.push(chunk) })
  request.on('end', () => {
    writeSync(file, Buffer.concat(chunks))
    waiting.push(response)
    sync()
  })
})

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})

process.once('SIGTERM', () => {
  rmSync(dir, { recursive: true, force: true })
  process.exit(0)
})

function sync (): void {
  if (syncing || waiting.length === 0) {
    return
  }

  const group = waiting
  waiting = []
  syncing = true
  fdatasync(file, err => {
    syncing = false

    for (const response of group) {
      response.writeHead(err == null ? 201 : 500).end()
    }

    sync()
  })
}
