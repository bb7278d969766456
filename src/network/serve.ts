import { BULK_PROTOCOL, MAX_BULK_CHANNELS } from '../protocols/bulk/constants.ts'
import { CONTROL_PROTOCOL, MAX_CONTROL_STREAMS } from '../protocols/control/constants.ts'
import { ENROLL_PROTOCOL } from '../protocols/enroll/constants.ts'
import { MAILBOX_PROTOCOL, MAX_MAIL_STREAMS } from '../protocols/mailbox/constants.ts'
import { SYNC_PROTOCOL } from '../protocols/sync/constants.ts'
import type { Node } from './libp2p.ts'
import type { Bulk } from '../protocols/bulk/bulk.ts'
import type { Control } from '../protocols/control/control.ts'
import type { EnrollServer } from '../protocols/enroll/server.ts'
import type { MailboxStreams } from '../protocols/mailbox/streams.ts'
import type { RosterSync } from '../protocols/sync/sync.ts'

export interface ServeComponents {
  node: Pick<Node, 'handle'>
  sync: Pick<RosterSync, 'handle'>
  enroll: Pick<EnrollServer, 'handle'>
  control: Pick<Control, 'handle'>
  mail: Pick<MailboxStreams, 'handle'>
  bulk: Pick<Bulk, 'handle'>
}

/** Every protocol of ours that others may open a stream for; over relays, too */
export async function serve ({ node, sync, enroll, control, mail, bulk }: ServeComponents): Promise<void> {
  const runOnLimitedConnection = true

  await node.handle(SYNC_PROTOCOL, sync.handle, { maxInboundStreams: 2, runOnLimitedConnection })
  await node.handle(ENROLL_PROTOCOL, enroll.handle, { maxInboundStreams: 1, runOnLimitedConnection })
  await node.handle(CONTROL_PROTOCOL, (stream, connection) => { control.handle(stream, connection) }, { maxInboundStreams: MAX_CONTROL_STREAMS, runOnLimitedConnection })
  await node.handle(MAILBOX_PROTOCOL, mail.handle, { maxInboundStreams: MAX_MAIL_STREAMS, runOnLimitedConnection })
  await node.handle(BULK_PROTOCOL, bulk.handle, { maxInboundStreams: MAX_BULK_CHANNELS, runOnLimitedConnection })
}
