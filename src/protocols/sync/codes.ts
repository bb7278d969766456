/** What SyncDone says: the number is wire format */
export const SYNC_CODES = {
  member: 0,
  unknown: 1,
  revoked: 2,
  expired: 3,
  'other-history': 4,
  limited: 5,
  'other-network': 6,
  clock: 7
} as const

export type SyncJudgement = { code: number, reason: string }
