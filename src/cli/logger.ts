import { pino } from 'pino'
import type { Config } from '../config/index.ts'
import type { Log } from '../core/log.ts'

/** Names of fields whose value never reaches the log, at the top and two levels below */
const SECRET = ['key', 'apiKey', 'privateKey', 'secret', 'networkSecret', 'ticket', 'body', 'metadata', 'seed', 'authorization', 'Authorization']

export interface DaemonLog extends Log {
  fatal(fields: object, message: string): void
  /** Writes out what is waiting; before the process ends */
  flush(): void
}

/** Structured JSON on stderr */
export function createLogger (level: Config['log']['level']): DaemonLog {
  // not synchronous: a stuck reader of stderr must not stop the daemon
  const destination = pino.destination({ fd: 2, sync: false })
  const logger = pino({
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    redact: { paths: SECRET.flatMap(name => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' }
  }, destination)

  return Object.assign(logger, { flush: () => { destination.flushSync() } }) as unknown as DaemonLog
}
