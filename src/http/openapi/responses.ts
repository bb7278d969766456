/** Shorthands for the responses of a route's schema */
import Type from 'typebox'
import type { TSchema } from 'typebox'

interface Described { description: string }

/** No body */
export function empty (description: string): Described & { type: 'null' } {
  return { description, type: 'null' }
}

export function text (description: string): Described & { content: object } {
  return { description, content: { 'text/plain': { schema: { type: 'string' } } } }
}

export function json (schema: TSchema, description: string): Described & { content: object } {
  return { description, content: { 'application/json': { schema } } }
}

export function events (description: string, schema: TSchema): Described & { content: object } {
  return { description, content: { 'application/json': { schema }, 'text/event-stream': { schema: { type: 'string' } } } }
}

const AGAIN = { headers: { 'Retry-After': Type.Integer({ description: 'seconds' }) } }

/** What every route with a key may answer */
export const COMMON = {
  401: empty('No valid Authorization header "ApiKey <app id> <key>"'),
  403: text('Host, Origin or policy says no'),
  429: { ...text('A limit was met; try again after Retry-After seconds'), ...AGAIN },
  503: { ...text('The daemon does not accept this now; try again after Retry-After seconds'), ...AGAIN }
}

export const APP_KEY = [{ appKey: [] }]
