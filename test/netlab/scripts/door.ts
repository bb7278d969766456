/**
 * Lets the test runner at a port of the loopback interface of the namespace it runs
 * in: a unix socket is a file, and files are the same everywhere.
 *
 * node door.ts SOCKET PORT
 */
import { connect, createServer } from 'node:net'
import { splice } from '../splice.ts'

const [path, port] = process.argv.slice(2)

createServer({ allowHalfOpen: true }, outer => { splice(outer, connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true })) })
  .listen(path, () => { process.stdout.write('listening\n') })
