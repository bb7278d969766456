/** How this site talks to each other member: directly or through whom, how fast, and why not directly */
import Type from 'typebox'
import { admit } from '../caller.ts'
import { APP_KEY, COMMON, json } from '../openapi/responses.ts'
import { sendJson } from '../send.ts'
import { instant, Instant } from '../time.ts'
import type { PathChange, PathFacts, PeerStatus, WhyNotDirect } from '../../network/index.ts'
import type { AddRoutes } from '../context.ts'

const REASONS = ['no address', 'not tried', 'refused', 'timed out', 'unreachable', 'unknown name', 'policy', 'failed']

const Peer = Type.Object({
  id: Type.String(),
  online: Type.Boolean({ description: 'linked with this daemon now' }),
  path: Type.Optional(Type.Union([Type.Literal('direct'), Type.Literal('relay')])),
  via: Type.Optional(Type.String({ description: 'site that relays' })),
  address: Type.Optional(Type.String({ description: 'where the other end is, as this daemon sees it' })),
  direction: Type.Optional(Type.Union([Type.Literal('inbound'), Type.Literal('outbound')], { description: 'who dialled' })),
  rtt: Type.Optional(Type.Object({
    p50: Type.Number({ description: 'ms' }),
    p95: Type.Number({ description: 'ms' })
  }, { description: 'round trip of the last pings' })),
  since: Type.Optional(Instant),
  bytesIn: Type.Optional(Type.Integer()),
  bytesOut: Type.Optional(Type.Integer()),
  queue: Type.Optional(Type.Integer({ description: 'frames that wait to be written' })),
  whyNotDirect: Type.Optional(Type.Object({
    reason: Type.Unsafe<string>({ type: 'string', enum: REASONS }),
    detail: Type.Optional(Type.String({ description: 'what the last attempt said' })),
    at: Type.Optional(Instant)
  })),
  history: Type.Array(Type.Object({
    at: Instant,
    path: Type.Union([Type.Literal('direct'), Type.Literal('relay'), Type.Literal('none')]),
    via: Type.Optional(Type.String())
  }), { description: 'the last changes since the daemon started, oldest first, at most 16' })
})

const schema = {
  operationId: 'listPeers',
  summary: 'The paths to all other members',
  security: APP_KEY,
  response: { ...COMMON, 200: json(Type.Array(Peer), 'Valid members but this site, sorted by id') }
}

export const addPeers: AddRoutes = (server, { access, membership, network }) => {
  const { roster, self } = membership

  server.get('/v1/peers', { schema }, async (request, reply) => {
    admit(access, request, 'site.list')

    const links = new Map(network.peers().map((peer) => [peer.site, peer]))
    const peers = roster.members()
      .filter(({ site }) => site !== self && roster.standing(site) === 'member')
      .sort((a, b) => a.site < b.site ? -1 : 1)
      .map(({ site }) => ({ id: site, ...link(links.get(site)), ...path(network.path?.(site)) }))

    return sendJson(reply, 200, JSON.stringify(peers))
  })
}

function link (peer: PeerStatus | undefined): object {
  if (peer == null) {
    return { online: false }
  }

  const { path, via, address, direction, rtt, rttP95 = rtt, since, bytesIn, bytesOut, queue } = peer

  return {
    online: true,
    path,
    via,
    address,
    direction,
    rtt: rtt == null ? undefined : { p50: rtt, p95: rttP95 },
    since: instant(since),
    bytesIn,
    bytesOut,
    queue
  }
}

function path (facts: PathFacts | undefined): object {
  return {
    whyNotDirect: facts?.whyNotDirect == null ? undefined : why(facts.whyNotDirect),
    history: (facts?.history ?? []).map((change: PathChange) => ({ ...change, at: instant(change.at) }))
  }
}

function why ({ at, ...rest }: WhyNotDirect): object {
  return { ...rest, at: at == null ? undefined : instant(at) }
}
