/**
 * Tries one TCP connection and prints what came of it: open, refused, unreachable or silent.
 *
 * node probe.ts HOST PORT MILLISECONDS
 */
import { connect } from 'node:net'

const [host, port, timeout] = process.argv.slice(2)

const say = (what: string): void => {
  process.stdout.write(what)
  process.exit(0)
}

const OUTCOMES: Record<string, string> = { ECONNREFUSED: 'refused', ECONNRESET: 'refused', ENETUNREACH: 'unreachable', EHOSTUNREACH: 'unreachable', EACCES: 'unreachable', ETIMEDOUT: 'silent' }

connect({ host, port: Number(port) }, () => { say('open') })
  .on('error', (err: NodeJS.ErrnoException) => { say(OUTCOMES[err.code ?? ''] ?? `error ${err.code}`) })
setTimeout(() => { say('silent') }, Number(timeout))
