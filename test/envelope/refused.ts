import { expect } from 'aegir/chai'
import { EnvelopeError } from '../../src/envelope/errors.ts'
import type { EnvelopeRefusal, RefusalReply } from '../../src/envelope/index.ts'

/** The refusal that `run` ends with. Anything but an EnvelopeError is a failure of the test. */
export async function refusalOf (run: () => unknown): Promise<EnvelopeError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof EnvelopeError) {
      return error
    }

    throw error
  }

  throw new Error('accepted')
}

export async function expectRefused (run: () => unknown, code: EnvelopeRefusal, reply?: RefusalReply): Promise<void> {
  const error = await refusalOf(run)
  expect(error.code, error.message).to.equal(code)

  if (reply != null) {
    expect(error.reply, error.message).to.equal(reply)
  }
}
