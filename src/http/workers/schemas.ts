import Type from 'typebox'
import { Instant } from '../time.ts'

/** Capabilities that one app may announce */
export const MAX_CAPABILITIES = 64

/** Characters of one capability */
export const MAX_CAPABILITY = 128

/** Lease when none is given, ms */
export const DEFAULT_LEASE = 60_000

/** Shortest and longest lease, ms. A shorter one is refused, a longer one is cut. */
export const MIN_LEASE = 1_000
export const MAX_LEASE = 3_600_000

export const Capability = Type.String({
  pattern: '^[\\p{L}\\p{N}._:/@+-]+$',
  minLength: 1,
  maxLength: MAX_CAPABILITY,
  description: `a name of 1 to ${MAX_CAPABILITY} letters, digits or any of . _ : / @ + -`
})

export const Announcement = Type.Object({
  capabilities: Type.Array(Capability, { minItems: 1, maxItems: MAX_CAPABILITIES, description: `an array of 1 to ${MAX_CAPABILITIES} names` }),
  lease: Type.Optional(Type.String({ format: 'beam-duration', description: 'a string with a duration such as "60s", 1 s to 1 h; a number without unit counts seconds' }))
}, { description: 'a JSON object such as {"capabilities":["mean"],"lease":"60s"}' })

export const Worker = Type.Object({ app: Type.String(), capabilities: Type.Array(Type.String()), until: Instant })

export const FoundWorkers = Type.Object({
  workers: Type.Array(Worker),
  confirmed: Type.Array(Type.String(), { description: 'sites that answered themselves, just now' })
})
