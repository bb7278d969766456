import { resolve, sep } from 'node:path'
import { systemClock } from '../core/clock.ts'
import { InvalidInputError } from '../core/errors.ts'
import { systemRandom } from '../core/random.ts'
import { foundNetwork } from '../membership/found.ts'
import { withStore } from './with-store.ts'
import { prepareConfig } from './write-config.ts'
import type { ConfigFlags } from './write-config.ts'
import type { FoundedNetwork } from '../membership/found.ts'

/** Where a founder listens when nothing else is said: others must be able to join */
const FOUNDER_LISTEN = '/ip4/0.0.0.0/tcp/8091'

export interface FoundSiteInit {
  dir: string
  network: string
  site: string
  organization?: string
  /** What this site may announce. @default ['*'] */
  capabilities?: string[]
  recoveryFile: string
  /** What goes into config.yaml */
  config: ConfigFlags
}

/** `init`: a network, and this data directory as its first member and authority */
export async function foundSite ({ dir, recoveryFile, config, ...facts }: FoundSiteInit): Promise<FoundedNetwork> {
  if (resolve(recoveryFile).startsWith(dir + sep)) {
    throw new InvalidInputError('--recovery-file', `must not lie in the data directory ${dir}: whoever steals the one would have the other`)
  }

  const writeConfig = await prepareConfig(dir, config, { 'network.listen': [FOUNDER_LISTEN] })
  const founded = await withStore(dir, async store => foundNetwork({ ...facts, dir, recoveryFile: resolve(recoveryFile), store, clock: systemClock, random: systemRandom }))

  await writeConfig()

  return founded
}
