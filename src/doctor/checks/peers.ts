import { connects } from '../connects.ts'
import { hostPort } from '../host-port.ts'
import { reachOut, wayOf } from '../reach-out.ts'
import type { Outbound } from '../../network/proxy/index.ts'
import type { Check, Finding } from '../index.ts'

/** Sites without a link that are tried */
const MOST = 32

/** Whether the sites that can be reached from here are: by the link that is up, else by a TCP connection to where they say they are */
export const peers: Check = {
  name: 'other sites',
  run: async ({ facts, running, loaded, clock }) => {
    const outbound = wayOf({ loaded, clock })

    if (facts == null) {
      return [{ level: 'notice', found: 'not looked at: who they are is not known' }]
    }

    const up = new Set(running?.links.map(({ site }) => site))
    const others = facts.members.filter(({ standing }) => standing === 'member')
    const silent = others.filter(({ site }) => !up.has(site))

    if (others.length === 0) {
      return [{ level: 'ok', found: 'none are members yet' }]
    }

    const tried = await Promise.all(silent.slice(0, MOST).map(async ({ site, addresses }) => attempt(site, addresses, outbound)))
    const more: Array<Omit<Finding, 'check'>> = silent.length > MOST ? [{ level: 'notice', found: `${silent.length - MOST} more without a link were not tried` }] : []

    return [
      ...(up.size === 0 ? [] : [{ level: 'ok' as const, found: `${up.size} of ${others.length} have a link now` }]),
      ...tried,
      ...more
    ]
  }
}

async function attempt (site: string, addresses: string[], outbound?: Outbound): Promise<Omit<Finding, 'check'>> {
  const direct = addresses.map(address => ({ address, ...hostPort(address) })).filter(({ port }) => port !== 0)

  if (direct.length === 0) {
    return { level: 'notice', found: `${site} has no link now and no address of its own: it dials out, or is reached through a relay` }
  }

  const outcomes = await Promise.all(direct.map(async ({ address, host, port }) => ({
    where: `${host}:${port}`,
    failure: outbound?.proxied({ host, port }) === true ? (await reachOut(outbound, site, address))?.failure?.message : await connects(host, port)
  })))
  const good = outcomes.find(({ failure }) => failure == null)

  if (good != null) {
    return { level: 'ok', found: `${site} accepts connections at ${good.where}` }
  }

  return {
    level: 'warning',
    found: `${site} cannot be reached: ${outcomes.map(({ where, failure }) => `${where} ${failure}`).join(', ')}`,
    mend: 'ask whether that site is up, then look at the firewalls between; what is meant for it waits in the outbox until its ttl'
  }
}
