import type { SiteId } from '../core/ids.ts'
import type { Membership } from '../membership/index.ts'

/** Between two attempts when this site itself is no member: it may be admitted anew one day, ms. @default 300_000 */
const OUTCAST_WAIT = 300_000

/** The same when its admission only ran out: somebody renews it, or sets the clock, ms. @default 30_000 */
const EXPIRED_WAIT = 30_000

export interface AstrayComponents {
  membership: Pick<Membership, 'roster' | 'records' | 'self'>
  /** Number of links */
  count(): number
}

/**
 * Who was off for longer than admissions last, or whose clock is wrong by as much, finds
 * itself or everybody else out of time. Those who were members know what is true now.
 */
export class Astray {
  readonly #components: AstrayComponents

  constructor (components: AstrayComponents) {
    this.#components = components
  }

  /** Of which sites links may be asked for now: members, or when this site is astray those who were */
  sites (): (site: SiteId) => boolean {
    const { roster } = this.#components.membership
    const astray = this.#isAstray()

    return (site) => roster.standing(site) === 'member' || (astray && this.#outOfTime(site))
  }

  /** Whether a peer that is no member may be dialled all the same, to ask its site for a newer roster */
  mayAsk (peer: string): boolean {
    const { roster, records } = this.#components.membership

    return this.#isAstray() && roster.members().some(({ site }) => this.#outOfTime(site) && records.get(site)?.peers.includes(peer) === true)
  }

  /** Between two attempts while this site is no member, ms; undefined while it is one */
  get pause (): number | undefined {
    const { roster, self } = this.#components.membership

    if (roster.standing(self) !== 'member') {
      return this.#outOfTime(self) ? EXPIRED_WAIT : OUTCAST_WAIT
    }
  }

  #isAstray (): boolean {
    const { membership: { roster, self }, count } = this.#components

    return count() === 0 && (this.#outOfTime(self) || !roster.members().some(({ site }) => site !== self && roster.standing(site) === 'member'))
  }

  #outOfTime (site: SiteId): boolean {
    return ['expired', 'not-yet'].includes(this.#components.membership.roster.standing(site))
  }
}
