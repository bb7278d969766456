/*
 * Old syntax on purpose: this file must parse on any Node that knows ES modules,
 * so that a person with an old one reads a sentence, not a stack trace.
 */

/** Oldest Node that everything here runs on */
export const NEEDED = [22, 19]

/** Exit code, also in exit-codes.ts */
export const NODE_TOO_OLD = 10

/**
 * @param {string} version - process.versions.node
 * @returns {string | undefined} what to tell the user, undefined when the version will do
 */
export function checkNode (version) {
  const parts = version.split('.').map(Number)

  if (parts[0] > NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] >= NEEDED[1])) {
    return undefined
  }

  return 'beam-node needs Node ' + NEEDED.join('.') + ' or newer, this is ' + version + '.\n' +
    'In a checkout, "npm run beam-node -- <command>" uses the pinned newer one from node_modules (after "npm ci").\n' +
    'Otherwise install Node 24 from https://nodejs.org, or run "npm install --global node@24".'
}
