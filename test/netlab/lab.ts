import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { whyNoLab } from './available.ts'
import { build } from './build.ts'
import { planDns, startDns } from './dns/servers.ts'
import { Gateway } from './gateway.ts'
import { Host } from './host.ts'
import { labName } from './names.ts'
import { plan } from './plan.ts'
import { PROXY_PORT } from './proxies/port.ts'
import { labDirectory, sweep, sweepDead } from './sweep.ts'
import type { Family, LabInit, NetLab } from './index.ts'
import type { SitePlan } from './plan.ts'
import type { Proxy, RunningProxy } from './proxies/index.ts'
import type { Socket } from 'node:net'

const KEEPER = fileURLToPath(new URL('./scripts/keeper.ts', import.meta.url))

/** Builds a laboratory. @throws {Error} with the reason where there can be none */
export async function lab<Names extends string> (init: LabInit<Names>): Promise<NetLab<Names>> {
  const reason = whyNoLab()

  if (reason != null) {
    throw new Error(`no laboratory here: ${reason}`)
  }

  const sites = plan(init.hosts)
  const name = labName()
  const directory = labDirectory(name)

  await sweepDead()
  mkdirSync(directory, { mode: 0o755 })

  const release = keep(name)
  const hosts = new Map<string, Host>()

  const stop = async (): Promise<void> => {
    for (const host of hosts.values()) {
      host.close()
    }

    await sweep(name)
    release()
  }

  try {
    const dns = planDns(sites)

    await build({ lab: name, sites, dns: dns.map(({ address }) => address) })
    await startDns(name, dns)

    for (const site of sites) {
      const gateway = new Gateway(name, directory, site)

      for (const plan of site.hosts) {
        hosts.set(plan.name, new Host({ lab: name, directory, plan, gateway }))
      }
    }

    await Promise.all(sites.flatMap(site => startProxies(site, hosts)))
  } catch (err) {
    await stop()
    throw err
  }

  const cut = async (pairs: Array<[Host, Host]>, action: 'drop' | 'pass', family?: Family): Promise<void> => {
    for (const [one, other] of pairs) {
      if (one.gateway === other.gateway) {
        throw new Error(`${one.name} and ${other.name} are behind one gateway: nothing between them can be cut`)
      }

      const { IPv4, IPv6 } = other.gateway.outside

      await one.gateway[action]('cut', [...family === 'IPv6' ? [] : IPv4, ...family === 'IPv4' ? [] : IPv6])
    }
  }

  return {
    name,
    hosts: Object.fromEntries(hosts) as Record<Names, Host>,
    partition: async (one, other, family) => cut([[one, other], [other, one]], 'drop', family),
    heal: async (one, other, family) => cut([[one, other], [other, one]], 'pass', family),
    stop,
    [Symbol.asyncDispose]: stop
  }
}

/** Starts whoever cleans up when this process is killed; the function returned ends it */
function keep (name: string): () => void {
  const keeper = spawn(process.execPath, [KEEPER, name], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const pipe = keeper.stdin as unknown as Socket

  keeper.unref()
  pipe.unref()

  return () => { pipe.end('done') }
}

function startProxies (site: SitePlan, hosts: Map<string, Host>): Array<Promise<void>> {
  return site.hosts.map(async ({ name, init: { proxy } }) => {
    const [host, beside] = [hosts.get(name), hosts.get(`${name}proxy`)]

    if (proxy != null && host != null && beside != null) {
      host.proxy = await startProxy(proxy, beside)
    }
  })
}

async function startProxy (proxy: Proxy, host: Host): Promise<RunningProxy> {
  const process = await proxy.start(host)
  const login = proxy.credentials == null ? '' : `${encodeURIComponent(proxy.credentials.user)}:${encodeURIComponent(proxy.credentials.password)}@`

  return { host, process, url: `http://${login}${host.address}:${PROXY_PORT}`, log: () => process.output() }
}
