import { UnavailableError } from '../../../src/core/errors.ts'
import type { TestApiInit } from './api.ts'

const none = async (): Promise<never> => { throw new UnavailableError('there is nothing behind it here') }

/** For an API with each route that a daemon's has; behind these there is nothing */
export const WHOLE: Pick<TestApiInit, 'appEvents' | 'bodies'> = {
  appEvents: { incarnation: 1, stop: () => {}, follow: none },
  bodies: { maxBody: 1_000, begin: none, append: none, find: none, drop: none, ofTask: none, ofResult: none }
}
