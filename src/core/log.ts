/**
 * What components need of a logger: pino's shape. Never pass keys, tickets,
 * bodies or Authorization headers.
 */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: { component: string }): Log
}

/** For tests and tools that print themselves */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog
}
