/**
 * All read operations: nothing here changes anything.
 */
export { readBlob } from './blobs.ts'
export { listDelivered } from './delivered.ts'
export { listDeliveries } from './deliveries.ts'
export { gauges } from './gauges.ts'
export { findInvite, listInvites } from './invites.ts'
export { counts, getMeta, listAddresses, listApps, listWorkers } from './local.ts'
export { auditHead, listAudit, listCheckpoints, listEvents } from './journal.ts'
export { listOutbox, outboxSites, readOutbox } from './outbox.ts'
export { findReceived } from './received.ts'
export { getResult, listResults } from './results.ts'
export { listRecords, listRoster, rosterHead } from './roster.ts'
export { findUpload } from './uploads.ts'
export { countOpen } from './usage.ts'
export { findTasks, listTasks, recentTasks } from './tasks.ts'
export { listWaiting } from './waiting.ts'
