import type { Reads, Transitions } from './index.ts'

/**
 * The names of all operations as data: the worker, its client and the in-process
 * store are made from these. The types make a forgotten name a compile error.
 */
const transitions: Record<keyof Transitions, true> = {
  createTask: true,
  receiveTask: true,
  putResult: true,
  answerTask: true,
  receiveResult: true,
  cancelTask: true,
  receiveCancel: true,
  endLeases: true,
  recordRefusal: true,
  settleDelivery: true,
  parkDeliveries: true,
  unparkDeliveries: true,
  reofferDeliveries: true,
  takeNewLife: true,
  expireStep: true,
  purgeStep: true,
  createBlob: true,
  appendBlob: true,
  beginUpload: true,
  appendUpload: true,
  completeUpload: true,
  dropUpload: true,
  beginInbound: true,
  appendInbound: true,
  endInbound: true,
  appendRoster: true,
  putRecord: true,
  createInvite: true,
  cancelInvite: true,
  setApproval: true,
  redeemInvite: true,
  addApp: true,
  replaceAppKey: true,
  removeApp: true,
  putWorker: true,
  removeWorker: true,
  putAddress: true,
  openEvents: true,
  noteFact: true,
  putCheckpoint: true,
  purgeJournal: true,
  touchClock: true,
  resetClock: true,
  setMeta: true,
  mailBegin: true,
  mailAppend: true,
  mailAcknowledge: true,
  mailDrop: true,
  mailPurge: true,
  mailLeft: true
}

const reads: Record<keyof Reads, true> = {
  listTasks: true,
  pageTasks: true,
  pageResults: true,
  findTasks: true,
  listResults: true,
  getResult: true,
  listDeliveries: true,
  recentTasks: true,
  listWaiting: true,
  listOutbox: true,
  readOutbox: true,
  outboxSites: true,
  listDelivered: true,
  findReceived: true,
  nextLeaseEnd: true,
  readBlob: true,
  findUpload: true,
  listRoster: true,
  rosterHead: true,
  listRecords: true,
  listInvites: true,
  findInvite: true,
  listApps: true,
  listWorkers: true,
  listAddresses: true,
  getMeta: true,
  counts: true,
  gauges: true,
  countOpen: true,
  listEvents: true,
  auditHead: true,
  listAudit: true,
  listCheckpoints: true,
  listMail: true,
  readMail: true,
  usedMail: true,
  listUnmailed: true
}

export type Operation = keyof Transitions | keyof Reads

export const TRANSITIONS = Object.keys(transitions) as Array<keyof Transitions>
export const READS = Object.keys(reads) as Array<keyof Reads>
export const OPERATIONS: Operation[] = [...TRANSITIONS, ...READS]

export function isRead (operation: Operation): operation is keyof Reads {
  return operation in reads
}
