import type { Connector } from './connector.ts'
import type { Links } from './index.ts'
import type { Bulk } from '../protocols/bulk/bulk.ts'
import type { Control } from '../protocols/control/control.ts'

export interface LinksComponents {
  control: Control
  connector: Pick<Connector, 'want'>
  bulk: Pick<Bulk, 'openBulk' | 'handleBulk'>
}

/** The control links as the rest of the daemon sees them */
export function createLinks ({ control, connector, bulk }: LinksComponents): Links {
  return {
    isUp: (site) => control.link(site) != null,
    up: () => control.links().map(({ site }) => site),
    send: (site, frame) => control.link(site)?.send(frame) ?? false,
    want: (site, eased) => { connector.want(site, eased) },
    clockOffset: (site) => control.link(site)?.estimate.offset ?? 0,
    incarnation: (site) => control.link(site)?.hello?.incarnation,
    openBulk: async (site, signal) => bulk.openBulk(site, signal),
    handleBulk: (handler) => { bulk.handleBulk(handler) },
    linkUp: control.linkUp,
    linkDown: control.linkDown,
    frames: control.frames
  }
}
