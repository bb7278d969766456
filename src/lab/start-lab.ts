import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ConflictError, InvalidInputError, NotFoundError, UnavailableError } from '../core/errors.ts'
import { checkFragment, checkNetworkName } from '../core/ids.ts'
import { buildNetwork } from './build-network.ts'
import { allConnected } from './connected.ts'
import { LabDaemon } from './lab-daemon.ts'
import type { Lab, LabEvent, LabInit, LabSite } from './interface.ts'

/** @default one minute, ms */
const TIMEOUT = 60_000

/**
 * Resolves when every site can reach every other.
 *
 * @throws {InvalidInputError} for names that cannot be
 * @throws {UnavailableError} when it is not ready in time; nothing is left running
 */
export async function startLab (init: LabInit): Promise<Lab> {
  check(init)

  const temporary = init.dir == null
  const root = init.dir == null ? await mkdtemp(join(tmpdir(), 'beam-lab-')) : resolve(init.dir)
  await mkdir(root, { recursive: true, mode: 0o700 })

  const onEvent = (event: LabEvent): void => { init.onEvent?.(event) }
  const daemons = init.sites.map(({ name }) => new LabDaemon({ id: `${name}.${init.network}`, dir: join(root, name), bin: init.bin, onEvent, signal: init.signal }))

  const stop = async (): Promise<void> => {
    await Promise.all(daemons.map(async daemon => { await daemon.stop() }))

    if (temporary) {
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  try {
    await buildNetwork({ ...init, root, daemons, onEvent })
    await allConnected(daemons, init.timeout ?? TIMEOUT, init.signal)
    onEvent({ kind: 'connected', site: daemons[0].id, text: `${daemons.length} sites reach each other` })
  } catch (err) {
    await stop()
    throw init.signal?.aborted === true ? new UnavailableError('the lab was ended before it was ready') : err
  }

  return createLab(daemons, stop)
}

function createLab (daemons: LabDaemon[], stop: () => Promise<void>): Lab {
  const find = (site: string): LabDaemon => {
    const daemon = daemons.find(({ id }) => id === site)

    if (daemon == null) {
      throw new NotFoundError(`the lab has no site ${site}, only ${daemons.map(({ id }) => id).join(', ')}`)
    }

    return daemon
  }

  return {
    get sites (): LabSite[] { return daemons.map(daemon => daemon.view()) },
    stop,
    kill: async (site, signal) => { await find(site).kill(signal) },
    restart: async (site) => {
      const daemon = find(site)

      if (daemon.up) {
        throw new ConflictError(`${site} is running`)
      }

      await daemon.start()

      return daemon.view()
    }
  }
}

function check ({ network, sites, apps = [] }: LabInit): void {
  checkNetworkName(network, 'network')

  if (sites.length === 0) {
    throw new InvalidInputError('sites', 'must name at least one site')
  }

  for (const [index, { name, apiPort }] of sites.entries()) {
    checkFragment(name, 'site')

    if (sites.findIndex(site => site.name === name) !== index) {
      throw new InvalidInputError('site', `${name} is named twice`)
    }

    if (apiPort !== 0 && sites.findIndex(site => site.apiPort === apiPort) !== index) {
      throw new InvalidInputError('site', `${name} has the API port of another site, ${apiPort}`)
    }
  }

  for (const { name } of apps) {
    checkFragment(name, 'app')
  }
}
