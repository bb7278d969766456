/**
 * The joiner's side of a ticket, in two steps with the network between them:
 *
 * `prepareJoin` makes the keys and the request and puts both on disk in
 * `joining/<ticket id>/`: from then on the same ticket means the same keys.
 *
 * `completeJoin` checks the answers and writes keys, roster and records to their
 * places, `network.json` last.
 *
 * A join that was cut anywhere is finished by the same command with the same ticket:
 * the request is the staged one, and the inviter answers a repeat by the same key.
 */
export { prepareJoin } from './prepare.ts'
export type { PreparedJoin, PrepareJoinInit } from './prepare.ts'
export { completeJoin } from './complete.ts'
export type { CompleteJoinInit, JoinedNetwork } from './complete.ts'
