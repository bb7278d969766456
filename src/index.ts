/**
 * beam-node as a library: the daemon, its configuration, the throw-away network for
 * tests of applications, and the client of a running daemon's control socket.
 *
 * ```js
 * import { startLab } from 'beam-node'
 *
 * const lab = await startLab({
 *   network: 'test',
 *   sites: [{ name: 'one', apiPort: 0 }, { name: 'two', apiPort: 0 }],
 *   apps: [{ name: 'app1', key: 'App1Secret' }]
 * })
 *
 * console.log(lab.sites[0].api)
 * await lab.stop()
 * ```
 */
export { createNode } from './node.ts'
export type { BeamNode, NodeFacts, NodeInit } from './node.ts'
export { loadConfig } from './config/load-config.ts'
export type { Config, LoadedConfig, Source } from './config/index.ts'
export { startLab } from './lab/index.ts'
export type { Lab, LabEvent, LabInit, LabSite } from './lab/index.ts'
export { controlClient } from './control/client.ts'
export type { Operator, StatusView } from './control/index.ts'
export * from './core/errors.ts'
