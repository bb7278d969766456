/**
 * Two rules of the house, checked by `npm run circles`: no import goes round in a
 * circle, and the rooms of src/ only look down. A room may import itself and what
 * stands above it in this list.
 */
const rooms = [
  ['core'],
  ['store'],
  ['envelope'],
  ['membership'],
  // the wire formats are plain data; who speaks a protocol gets its links by interface
  ['network', 'protocols'],
  ['events', 'access', 'audit'],
  ['tasks', 'workers', 'mailbox'],
  ['config'],
  ['metrics'],
  ['http', 'control'],
  ['doctor'],
  ['lab'],
  ['demo'],
  ['cli']
]

const downwards = rooms.map((floor, index) => {
  const above = rooms.slice(index + 1).flat()

  return {
    name: `${floor.join('-')}-looks-down`,
    comment: `src/${floor.join(', src/')} may not import from ${above.join(', ')} or the composition root`,
    severity: 'error',
    from: { path: `^src/(${floor.join('|')})/` },
    // the lab and the demo start daemons as processes: nothing but the command line knows node.ts
    to: {
      path: above.length > 0 ? `^src/((${above.join('|')})/|(node|index)\\.ts$)` : '^src/index\\.ts$',
      // messages are plain data, and the settings a plain interface: both are spoken everywhere
      pathNot: '^src/(protocols/[a-z]+/pb/|config/index\\.ts$)'
    }
  }
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'A circle means that two files are one idea, or that an interface is missing',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports is dead, unless it is an entry: of the package, the command line, or a worker of the demo (node --import)',
      severity: 'warn',
      from: { orphan: true, pathNot: '^src/(index\\.ts|cli/bin\\.js|demo/end-with-parent\\.ts)$' },
      to: {}
    },
    {
      name: 'resolvable',
      comment: 'Imports what is not there',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true }
    },
    {
      name: 'no-dev-dependencies',
      comment: 'The daemon runs with production dependencies only',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }
    },
    ...downwards
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json', '.d.ts']
    }
  }
}
