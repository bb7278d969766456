import type { Context } from 'mocha'

/**
 * Skips a test, or all of a suite when it is called in `before`, and says why where it
 * is read: in the titles. Where everything is there that tests need (.ci/run as root),
 * nothing may be skipped: then it fails.
 */
export function skip (context: Context, why: string): never {
  if (process.env.MOCHA_SKIP_NOTHING === '1') {
    throw new Error(`may not be skipped here: ${why}`)
  }

  skipAnywhere(context, why)
}

/** For what nobody has to have, not even .ci/run */
export function skipAnywhere (context: Context, why: string): never {
  const runnable = context.runnable()

  if ((runnable as { type?: string }).type === 'hook') {
    runnable.parent?.eachTest((test) => { test.title += ` (skipped: ${why})` })
  } else {
    runnable.title += ` (skipped: ${why})`
  }

  context.skip()

  throw new Error('mocha went on after skip')
}
