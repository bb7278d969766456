import type { Config } from '../config/index.ts'

/** What follows from the configuration for this daemon's place in the network */
export interface Reach {
  /** Others can dial this site */
  reachable: boolean
  relay: boolean
  dhtServer: boolean
}

export function reachOf (config: Pick<Config, 'network' | 'dht'> & { relay: Pick<Config['relay'], 'enabled'> }): Reach {
  const { listen, announce, reachable: wish } = config.network
  const reachable = wish === 'auto' ? announce.length > 0 || listen.some(address => !isLoopback(address)) : wish === 'yes'

  return {
    reachable,
    relay: config.relay.enabled === 'auto' ? reachable : config.relay.enabled === 'yes',
    dhtServer: config.dht.mode === 'auto' ? reachable : config.dht.mode === 'server'
  }
}

export function isLoopback (address: string): boolean {
  return /^\/ip4\/127\.|^\/ip6\/::1\/|^\/dns[46]?\/localhost\//.test(address)
}
