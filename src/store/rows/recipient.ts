import type { AppId, SiteId } from '../../core/ids.ts'

/**
 * The site of an app id: what follows its first fragment. Site ids are not told
 * apart here; callers compare with a site they know.
 */
export function siteOfApp (app: AppId): SiteId {
  return app.slice(app.indexOf('.') + 1)
}

/** Whether a recipient is an app of the site, or the site itself */
export function isLocal (recipient: AppId | SiteId, self: SiteId): boolean {
  return recipient === self || siteOfApp(recipient) === self
}
