import type { ComponentLogger, Logger } from '@libp2p/interface'

/**
 * libp2p's own log when nobody asked for it by DEBUG: nothing. The installed one makes three
 * loggers for each connection and each stream that will never write a line, asks the terminal
 * for its colours and finds one for each name: 3 % of what a new circuit costs.
 */
export function quietLogger (env: NodeJS.ProcessEnv = process.env): ComponentLogger | undefined {
  if (env.DEBUG != null && env.DEBUG !== '') {
    return
  }

  const nothing = (): void => {}
  const log: Logger = Object.assign(() => {}, { error: nothing, trace: nothing, enabled: false, newScope: () => log })

  return { forComponent: () => log }
}
