#!/usr/bin/env node
/*
 * No static imports and no modern syntax: parses on old versions of Node, which
 * then learn from check-node.js what is needed.
 */
import('./check-node.js').then(function (check) {
  var problem = check.checkNode(process.versions.node)

  if (problem != null) {
    if (process.argv.indexOf('--json') === -1) {
      console.error(problem)
    } else {
      console.error(JSON.stringify({ error: { code: 'NODE_TOO_OLD', message: problem } }))
    }

    process.exitCode = check.NODE_TOO_OLD
    return
  }

  return import('./entry.js')
}).catch(function (err) {
  console.error(err)
  process.exitCode = 1
})
