import { daemon } from '../../operator.ts'
import { bytes, facts, signer, time } from '../../table.ts'
import type { StatusView } from '../../../control/index.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const status = await daemon(input).status()

  io.result(status, text(status))

  return 0
}

const FORKED = 'the authority signed two different entries for one place of the roster: its key was stolen, or is used by a restored copy. Nobody is admitted, renewed or revoked until the network is recovered (beam-node roster recover); members go on. See docs/security.md'

function text (status: StatusView): string {
  const { queue } = status

  return facts([
    ['id', status.id],
    ['network', `${status.network} (${status.fingerprint})`],
    ['process', `${status.pid}, beam-node ${status.version}, since ${time(status.since)}`],
    ['api', status.api],
    ['reachable', status.reachable ? `yes, at ${status.addresses.join(' ')}` : 'no, dials out only'],
    ...(status.proxy == null ? [] : proxyLines(status.proxy)),
    ...(status.relayed == null ? [] : [['relays', relays(status.relayed)] as [string, string]]),
    ...(status.relaying == null ? [] : [['relaying', relaying(status.relaying)] as [string, string]]),
    ['peers', `${status.peers.up.length} of ${status.peers.members} up${status.peers.up.length > 0 ? `: ${status.peers.up.join(' ')}` : ''}`],
    ['paths', paths(status.paths)],
    ['tasks', `${queue.tasks}, ${queue.results} results, ${queue.queued} envelopes waiting, store ${bytes(queue.bytes)}`],
    ...queue.sites.map(({ site, count, bytes: size }): [string, string] => ['', `${count} for ${site} (${bytes(size)})`]),
    ...(status.mail == null ? [] : [['mail', mail(status.mail)] as [string, string]]),
    ['roster', `entry ${status.roster.seq}, ${status.roster.hash.slice(0, 16)}`],
    ['admission', admission(status.admission)],
    ...(status.clockAlarms.length > 0 ? [['clock', status.clockAlarms.join('; ')] as [string, string]] : []),
    ...(status.forked ? [['ALARM', FORKED] as [string, string]] : []),
    ...(status.halted == null ? [] : [['ALARM', `the roster is not followed further: ${status.halted}`] as [string, string]]),
    ...status.warnings.map((text): [string, string] => ['warning', text]),
    ['ready', status.ready ? 'yes' : `no: ${status.reasons.join('; ')}`]
  ])
}

function proxyLines ({ address, opened, failed, last, idle, cuts }: NonNullable<StatusView['proxy']>): Array<[string, string]> {
  const failures = Object.entries(failed).map(([reason, count]) => `${count} ${reason}`)

  return [
    ['proxy', `${address}, ${opened} tunnels opened${failures.length === 0 ? '' : `, failed: ${failures.join(', ')}`}`],
    ...(last == null ? [] : [['', `${last.mended ? 'last failure, over since' : 'last failure'}: ${time(last.at)} ${last.message}`] as [string, string]]),
    ...(idle == null ? [] : [['', `cuts what is idle for ${Math.round(idle / 100) / 10} s (${cuts} cuts): pings are more frequent`] as [string, string]])
  ]
}

function relays ({ wanted, held }: NonNullable<StatusView['relayed']>): string {
  return `reached through ${held.length} of the ${wanted} relays it wants${held.length === 0 ? '' : `: ${held.join(' ')}`}`
}

function relaying ({ reservations, circuits, bytes: size, refusals }: NonNullable<StatusView['relaying']>): string {
  const refused = Object.entries(refusals).map(([reason, count]) => `${count} ${reason}`)

  return `for ${reservations} sites, ${circuits} circuits now, ${bytes(size)} forwarded since the start${refused.length === 0 ? '' : `; refused: ${refused.join(', ')}`}`
}

function paths ({ direct, relay, changes }: StatusView['paths']): string {
  const changed = changes == null ? '' : `; changed since the start: ${changes.to_direct} to direct, ${changes.to_relay} to a relay, ${changes.other_relay} to another relay`

  return `${direct} direct, ${relay} through relays${changed}`
}

function mail ({ keeps, envelopes, bytes: size, left, collected, lies }: NonNullable<StatusView['mail']>): string {
  const liars = Object.entries(lies).map(([site, count]) => `${count} from ${site}`)

  return `${keeps ? `keeps ${envelopes} envelopes for others (${bytes(size)})` : 'keeps none for others'}; left ${left}, collected ${collected} since the start${liars.length === 0 ? '' : `; refused as untrue: ${liars.join(', ')}`}`
}

function admission ({ standing, until, reason, at, by }: StatusView['admission']): string {
  if (by != null) {
    return `${standing} ${time(at)} by ${signer(by)}${reason == null || reason === '' ? '' : `: ${reason}`}`
  }

  return until == null ? standing : `${standing}, until ${time(until)}`
}
