/** Which sites are members, and which of them are connected now */
import Type from 'typebox'
import { admit } from '../caller.ts'
import { APP_KEY, COMMON, json } from '../openapi/responses.ts'
import { sendJson } from '../send.ts'
import { instant, Instant } from '../time.ts'
import type { Member } from '../../membership/index.ts'
import type { PeerStatus } from '../../network/index.ts'
import type { AddRoutes } from '../context.ts'

const Site = Type.Object({
  id: Type.String(),
  organization: Type.String({ description: 'empty when none was given' }),
  self: Type.Boolean({ description: 'the site of this daemon' }),
  online: Type.Boolean({ description: 'connected to this daemon now; an offline site gets its tasks later' }),
  path: Type.Optional(Type.Union([Type.Literal('direct'), Type.Literal('relay')])),
  via: Type.Optional(Type.String({ description: 'site that relays' })),
  since: Type.Optional(Instant)
})

const schema = {
  operationId: 'listSites',
  summary: 'Members of the network as this site knows them',
  security: APP_KEY,
  response: { ...COMMON, 200: json(Type.Array(Site), 'Valid members, sorted by id') }
}

export const addSites: AddRoutes = (server, { access, membership, network }) => {
  const { roster, self } = membership

  server.get('/v1/sites', { schema }, async (request, reply) => {
    admit(access, request, 'site.list')

    const peers = new Map(network.peers().map((peer) => [peer.site, peer]))
    const sites = roster.members()
      .filter(({ site }) => roster.standing(site) === 'member')
      .sort((a, b) => a.site < b.site ? -1 : 1)
      .map((member) => render(member, self, peers.get(member.site)))

    return sendJson(reply, 200, JSON.stringify(sites))
  })
}

function render ({ site, organization }: Member, self: string, peer: PeerStatus | undefined): object {
  return {
    id: site,
    organization,
    self: site === self,
    online: site === self || peer != null,
    path: peer?.path,
    via: peer?.via,
    since: peer == null ? undefined : instant(peer.since)
  }
}
