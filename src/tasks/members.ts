import { InvalidInputError, UnavailableError } from '../core/errors.ts'
import { parseId, quote } from '../core/ids.ts'
import { notMemberBecause } from '../membership/own-standing.ts'
import type { TasksContext } from './context.ts'
import type { AppId, SiteId } from '../core/ids.ts'

type Context = Pick<TasksContext, 'self' | 'network' | 'roster'>

/**
 * Sites of the recipients that are no valid members now, one for each recipient
 * that named them, as Beam answers 424. A member that is off counts as valid: what
 * is sent to it waits. Our own site always counts.
 *
 * @throws {InvalidInputError} for what is no id of this network
 * @throws {UnavailableError} when our own site is no member: nothing could be delivered
 */
export function notMembers ({ self, network, roster }: Context, recipients: Array<AppId | SiteId>, field: string): SiteId[] {
  const sites = recipients.map((id) => siteOfRecipient(id, network, field))

  if (sites.some((site) => site !== self)) {
    const why = notMemberBecause(roster, self)

    if (why != null) {
      throw new UnavailableError(`this site cannot reach others: ${why}`)
    }
  }

  return sites.filter((site) => site !== self && roster.standing(site) !== 'member')
}

/** Sites other than ours, each once */
export function remoteSites ({ self, network }: Pick<Context, 'self' | 'network'>, recipients: Array<AppId | SiteId>): SiteId[] {
  return [...new Set(recipients.map((id) => siteOfRecipient(id, network, 'to')))].filter((site) => site !== self)
}

/** Recipients that live at `site` */
export function localTo (site: SiteId, network: string, recipients: Array<AppId | SiteId>): Array<AppId | SiteId> {
  return recipients.filter((id) => parseId(id, network)?.siteId === site)
}

function siteOfRecipient (id: string, network: string, field: string): SiteId {
  const parsed = parseId(id, network)

  if (parsed == null) {
    throw new InvalidInputError(field, `must hold app or site ids that end in ${quote(`.${network}`)}, not ${quote(id)}`)
  }

  return parsed.siteId
}
