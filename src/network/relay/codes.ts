/** Numbers of circuit v2, as the specification has them */
export const hop = { reserve: 0, connect: 1, status: 2 } as const

export const stop = { connect: 0, status: 1 } as const

export const status = {
  ok: 100,
  reservationRefused: 200,
  resourceLimitExceeded: 201,
  permissionDenied: 202,
  connectionFailed: 203,
  noReservation: 204,
  malformedMessage: 400,
  unexpectedMessage: 401
} as const

const NAMES = new Map<number, string>([
  [status.ok, 'ok'],
  [status.reservationRefused, 'reservation refused'],
  [status.resourceLimitExceeded, 'resource limit exceeded'],
  [status.permissionDenied, 'permission denied'],
  [status.connectionFailed, 'connection failed'],
  [status.noReservation, 'no reservation'],
  [status.malformedMessage, 'malformed message'],
  [status.unexpectedMessage, 'unexpected message']
])

export function statusName (code: number | undefined): string {
  return NAMES.get(code ?? 0) ?? `status ${code ?? 'missing'}`
}
