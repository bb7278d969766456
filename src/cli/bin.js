#!/usr/bin/env node
/*
 * No static imports and no modern syntax: parses on old versions of Node, which
 * then learn from check-node.js what is needed.
 */
import('./check-node.js').then(function (check) {
  const problem = check.checkNode(process.versions.node)

  if (problem != null) {
    if (process.argv.indexOf('--json') === -1) {
      process.stderr.write(problem + '\n')
    } else {
      process.stderr.write(JSON.stringify({ error: { code: 'NODE_TOO_OLD', message: problem } }) + '\n')
    }

    process.exitCode = check.NODE_TOO_OLD
    return
  }

  return import('./entry.js')
}).catch(function (err) {
  process.stderr.write(String(err.stack) + '\n')
  process.exitCode = 1
})
