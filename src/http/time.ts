import Type from 'typebox'

/** In routes of our own: ISO 8601, UTC */
export const Instant = Type.String({ format: 'date-time', description: 'an instant, ISO 8601 in UTC' })

export function instant (ms: number): string {
  return new Date(ms).toISOString()
}
