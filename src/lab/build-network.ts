import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { layout } from '../config/layout.ts'
import { loadConfig } from '../config/load-config.ts'
import { foundSite } from '../control/found-site.ts'
import { joinSite } from '../control/join-site.ts'
import { InvalidInputError } from '../core/errors.ts'
import { freePorts } from './ports.ts'
import type { LabEvent, LabInit } from './interface.ts'
import type { LabDaemon } from './lab-daemon.ts'

export interface BuildInit extends LabInit {
  root: string
  daemons: LabDaemon[]
  onEvent(event: LabEvent): void
}

/** The way of any real network: init, start, then for each other site invite, join, start; then the apps */
export async function buildNetwork ({ network, sites, apps = [], root, daemons, onEvent }: BuildInit): Promise<void> {
  const ports = await freePorts(2 * sites.length)
  // fixed, so that a daemon that is started again is where it was
  const configs = sites.map(({ apiPort }, index) => ({
    'api.port': String(apiPort === 0 ? ports[2 * index] : apiPort),
    'network.listen': [`/ip4/127.0.0.1/tcp/${ports[2 * index + 1]}`],
    'network.reachable': 'yes'
  }))
  const [founder, ...others] = daemons

  await Promise.all(daemons.map(async ({ dir }, index) => checkKept(dir, sites[index].apiPort)))

  if (!isMember(founder)) {
    await foundSite({ dir: founder.dir, network, site: sites[0].name, recoveryFile: join(root, `${network}-recovery.key`), config: configs[0] })
    onEvent({ kind: 'founded', site: founder.id, text: `${founder.id} founded the network ${network}` })
  }

  await founder.start()

  const outcomes = await Promise.allSettled([addApps(founder, apps), ...others.map(async (daemon, index) => {
    if (!isMember(daemon)) {
      const { ticket } = await founder.operator.invite({ site: sites[index + 1].name, capabilities: ['*'] })

      await joinSite({ dir: daemon.dir, ticket, config: configs[index + 1] })
      onEvent({ kind: 'joined', site: daemon.id, text: `${daemon.id} joined with a ticket` })
    }

    await daemon.start()
    await addApps(daemon, apps)
  })])
  const failed = outcomes.find(outcome => outcome.status === 'rejected')

  // only now: whoever cleans up finds nothing that is still starting
  if (failed != null) {
    throw failed.reason
  }
}

function isMember ({ dir }: LabDaemon): boolean {
  return existsSync(layout(dir).network)
}

/** State that was kept keeps its ports too */
async function checkKept (dir: string, apiPort: number): Promise<void> {
  if (!existsSync(layout(dir).config)) {
    return
  }

  const { config } = await loadConfig({ dir, env: {} })

  if (apiPort !== 0 && config.api.port !== apiPort) {
    throw new InvalidInputError('site', `cannot have the API port ${apiPort}: ${layout(dir).config} says ${config.api.port}; change it there, or name that port or 0`)
  }
}

/** With the keys given, also when the state of an earlier lab has others */
async function addApps ({ operator }: LabDaemon, apps: Array<{ name: string, key: string }>): Promise<void> {
  const present = (await operator.listApps()).map(({ id }) => id.split('.')[0])

  for (const app of apps) {
    await (present.includes(app.name) ? operator.rotateApp(app) : operator.addApp(app))
  }
}
