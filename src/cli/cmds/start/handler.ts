import { flushCompileCache } from 'node:module'
import { InvalidInputError } from '../../../core/errors.ts'
import { createLogger } from '../../logger.ts'
import { terminationSignal } from '../../process-life.ts'
import { readOptions } from './options.ts'
import type { NodeFacts } from '../../../node.ts'
import type { Handler } from '../../command.ts'
import type { DaemonLog } from '../../logger.ts'

export const handler: Handler = async (input, io) => {
  const { loaded, endWithParent } = await readOptions(input)
  const log = createLogger(loaded.config.log.level)
  const stopRequest = Promise.withResolvers<string>()
  // a wrong configuration is told before libp2p and the rest are loaded
  const { createNode } = await import('../../../node.ts')
  const node = createNode({ loaded, log, onStopRequest: () => { stopRequest.resolve('the control socket') } })

  dieOnBugs(log)
  void terminationSignal().then(signal => { stopRequest.resolve(signal) })

  if (endWithParent) {
    whenParentEnds(() => { stopRequest.resolve('the end of its parent process') })
  }

  const facts = await node.start()

  io.result(facts, line(facts))
  // a daemon may never end by itself: what was compiled is kept now
  flushCompileCache()

  const asker = await stopRequest.promise

  log.info({ asker }, 'told to stop: draining')
  io.note(`told to stop by ${asker}: draining, at most 10 s`)
  await node.stop()
  log.info({}, 'stopped')

  return 0
}

function line ({ id, api, reachable, addresses }: NodeFacts): string {
  return `${id} serves ${api}, ${reachable ? `reachable at ${addresses.join(' ')}` : 'not reachable by others: it dials out'}`
}

/** What nobody foresaw may have left anything half done in memory; the store is safe, so begin anew */
function dieOnBugs (log: DaemonLog): void {
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'an error that nobody caught: this process ends, the store is safe')
    process.exit(1)
  })
}

/** A lab that is killed takes its daemons with it: the channel between them closes */
function whenParentEnds (stop: () => void): void {
  if (process.channel == null) {
    throw new InvalidInputError('--end-with-parent', 'needs an IPC channel to the process that starts it')
  }

  process.once('disconnect', stop)
  process.channel.unref()
}
