/** Every hop, in the order in which an envelope passes them */
import { circuit } from './circuit.ts'
import { clock } from './clock.ts'
import { connection } from './connection.ts'
import { identity } from './identity.ts'
import { link } from './link.ts'
import { mailboxes } from './mailboxes.ts'
import { names } from './names.ts'
import { outbox } from './outbox.ts'
import { record } from './record.ts'
import { relay } from './relay.ts'
import { reservation } from './reservation.ts'
import { roster } from './roster.ts'
import { roundTrip } from './round-trip.ts'
import { session } from './session.ts'
import type { HopCheck } from '../index.ts'

export const HOPS: HopCheck[] = [roster, record, names, connection, identity, relay, reservation, circuit, session, link, roundTrip, clock, outbox, mailboxes]

/** Those that are only a means to a link */
export const WAY = [names, connection, identity, relay, reservation, circuit].map(({ name }) => name)
