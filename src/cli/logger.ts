import { pino } from 'pino'
import type { Config } from '../config/index.ts'
import type { Log } from '../core/log.ts'
import type { LoggerOptions } from 'pino'

/** Names of fields whose value never reaches the log, at the top and two levels below */
const SECRET = ['key', 'apiKey', 'privateKey', 'secret', 'networkSecret', 'ticket', 'body', 'metadata', 'seed', 'authorization', 'Authorization']

export interface DaemonLog extends Log {
  /** The last word: what is waiting is written out, then this, before it returns */
  fatal(fields: object, message: string): void
}

/** Structured JSON on stderr */
export function createLogger (level: Config['log']['level']): DaemonLog {
  // not synchronous: a stuck reader of stderr must not stop the daemon
  const destination = pino.destination({ fd: 2, sync: false })
  const options: LoggerOptions = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    redact: { paths: SECRET.flatMap(name => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' }
  }
  const last = pino(options, pino.destination({ fd: 2, sync: true }))

  return Object.assign(pino(options, destination), {
    fatal: (fields: object, message: string) => {
      destination.flushSync()
      last.fatal(fields, message)
    }
  })
}
